import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { S3Error } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import type {
  Body,
  ListOptions,
  ObjectStore,
  OpenedObject,
  PartInput,
  Properties,
  StoredRange,
  UploadName,
  WriteCondition,
} from '../object-store.ts'
import { storedSpan } from '../stored-span.ts'
import { BucketTable } from './bucket-table.ts'
import { Files } from './files.ts'
import { IndexFile } from './index-file.ts'
import { LooseFiles } from './loose-files.ts'
import { ObjectTable, type PieceRow } from './object-table.ts'
import { readPieces } from './read-pieces.ts'
import { syncDirectoryNow } from './sync-directory.ts'
import { UploadTable } from './upload-table.ts'

/**
 * Objects in a directory of this machine: ciphertext in files of random names, and an SQLite index that names them.
 * One process at a time. Data is synced before the index names it, and the index before a call resolves.
 * What a killed process left half-written is removed when it is opened.
 */
export const directoryStore = (directory: string): ObjectStore => new DirectoryStore(directory)

class DirectoryStore implements ObjectStore {
  readonly #index: IndexFile
  readonly #files: Files
  readonly #loose: LooseFiles
  readonly #buckets: BucketTable
  readonly #objects: ObjectTable
  readonly #uploads: UploadTable

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.#files = new Files(join(directory, 'data'))
    this.#index = new IndexFile(directory)
    syncDirectoryNow(directory)
    this.#loose = new LooseFiles(this.#index, this.#files)
    this.#buckets = new BucketTable(this.#index)
    this.#objects = new ObjectTable(this.#index)
    this.#uploads = new UploadTable(this.#index)
    void this.#loose.sweep()
  }

  async listBuckets() {
    return this.#buckets.all()
  }

  async createBucket(bucket: string) {
    await this.#index.commit(() => this.#buckets.add(bucket))
  }

  async headBucket(bucket: string) {
    this.#buckets.expect(bucket)
  }

  async deleteBucket(bucket: string) {
    await this.#index.commit(() => {
      this.#buckets.remove(bucket)
      for (const { key, uploadId } of this.#uploads.all(bucket)) this.#uploads.remove({ bucket, key, uploadId })
    })
    await this.#loose.sweep()
  }

  async record(bucket: string, name: string) {
    return this.#buckets.record(bucket, name)
  }

  keepRecord(bucket: string, name: string, value: Buffer) {
    return this.#index.commit(() => this.#buckets.keepRecord(bucket, name, value))
  }

  async put(name: ObjectName, object: Properties & { size: number }, condition: WriteCondition, body: Body) {
    this.#buckets.expect(name.bucket)
    const { size, headers, metadata } = object
    return this.#withFile(size, body, (file) => {
      this.#buckets.expect(name.bucket)
      return this.#objects.write(name, { headers, metadata }, [{ file, size }], condition)
    })
  }

  async head(name: ObjectName) {
    this.#buckets.expect(name.bucket)
    return this.#objects.expect(name)
  }

  async open(
    name: ObjectName,
    { range, ifMatch }: { readonly range?: StoredRange; readonly ifMatch?: string },
  ): Promise<OpenedObject> {
    const info = await this.head(name)
    if (ifMatch !== undefined && ifMatch !== info.etag)
      throw new S3Error('PreconditionFailed', 'the object was replaced while it was read')
    const { start, end } = storedSpan(range, info.size)
    return { info, start, ...this.#read(this.#objects.pieces(info.etag), start, end) }
  }

  async copy(
    source: ObjectName & { etag: string },
    target: ObjectName,
    properties: Properties,
    condition: WriteCondition,
  ) {
    this.#buckets.expect(target.bucket)
    const pieces = this.#objects.pieces(source.etag)
    if (pieces.length === 0) throw new S3Error('PreconditionFailed', 'the source was replaced while it was copied')
    const release = this.#loose.hold(pieces.map(({ file }) => file))
    return this.#loose
      .withNew(pieces.length, async (names) => {
        const shared = pieces.map(({ size }, i) => ({ size, file: names[i] ?? '' }))
        for (const [i, piece] of pieces.entries()) await this.#files.share(piece.file, shared[i]?.file ?? '')
        return this.#index.commit(() => {
          this.#buckets.expect(target.bucket)
          return this.#objects.write(target, properties, shared, condition)
        })
      })
      .finally(release)
  }

  async delete(name: ObjectName) {
    this.#buckets.expect(name.bucket)
    await this.#index.commit(() => this.#objects.remove(name))
    await this.#loose.sweep()
  }

  async list(bucket: string, options: ListOptions) {
    this.#buckets.expect(bucket)
    return this.#objects.page(bucket, options)
  }

  createUpload(name: ObjectName, properties: Properties) {
    return this.#index.commit(() => {
      this.#buckets.expect(name.bucket)
      return this.#uploads.add(name, properties)
    })
  }

  async putPart(upload: UploadName, part: PartInput, body: Body) {
    this.#uploads.expect(upload)
    return this.#withFile(part.size, body, (file) => {
      this.#uploads.expect(upload)
      return this.#uploads.addPart(upload, part, file)
    })
  }

  async openStaged(upload: UploadName, { number, etag }: { readonly number: number; readonly etag: string }) {
    this.#uploads.expect(upload)
    const piece = this.#uploads.expectPart(upload, number, etag)
    return this.#read([piece], 0, piece.size).body
  }

  async listParts(upload: UploadName) {
    this.#uploads.expect(upload)
    return this.#uploads.parts(upload)
  }

  async completeUpload(
    upload: UploadName,
    parts: readonly { readonly number: number; readonly etag: string }[],
    condition: WriteCondition,
  ) {
    const written = await this.#index.commit(() => {
      const properties = this.#uploads.expect(upload)
      const pieces = parts.map(({ number, etag }) => this.#uploads.expectPart(upload, number, etag))
      this.#uploads.remove(upload)
      return this.#objects.write(upload, properties, pieces, condition)
    })
    await this.#loose.sweep()
    return written
  }

  async abortUpload(upload: UploadName) {
    await this.#index.commit(() => {
      this.#uploads.expect(upload)
      this.#uploads.remove(upload)
    })
    await this.#loose.sweep()
  }

  async listUploads(bucket: string) {
    this.#buckets.expect(bucket)
    return this.#uploads.all(bucket)
  }

  close() {
    return this.#index.close()
  }

  #withFile<T>(size: number, body: Body, adopt: (file: string) => T): Promise<T> {
    return this.#loose.withNew(1, async ([file = '']) => {
      await this.#files.write(file, size, body)
      return this.#index.commit(() => adopt(file))
    })
  }

  /** The files stay until the body ends or is closed, also when their object is replaced or deleted meanwhile. */
  #read(pieces: readonly PieceRow[], start: number, end: number): Pick<OpenedObject, 'body' | 'close'> {
    const release = this.#loose.hold(pieces.map(({ file }) => file))
    const body = readPieces((file) => this.#files.open(file), pieces, start, end)
    return { body: closing(body, release), close: () => void release() }
  }
}

/** A body that lets go of its source when it ends, however it ends. */
async function* closing(body: Body, release: () => Promise<void>): Body {
  try {
    yield* body
  } finally {
    void release()
  }
}
