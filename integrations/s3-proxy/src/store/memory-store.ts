import { randomBytes } from 'node:crypto'
import { S3Error } from '../error.ts'
import type { ObjectName } from '../format/envelope.ts'
import { checkWrite } from './conditions.ts'
import { listPage } from './list-page.ts'
import type {
  Body,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  OpenedObject,
  PartInput,
  PartKind,
  Properties,
  StoredPart,
  StoredRange,
  UploadName,
  WriteCondition,
} from './object-store.ts'
import { storedSpan } from './stored-span.ts'

interface MemoryObject {
  readonly info: ObjectInfo
  readonly bytes: Buffer
}

type MemoryPart = StoredPart & { readonly kind: PartKind; readonly bytes: Buffer }

interface MemoryUpload {
  readonly key: string
  readonly started: number
  readonly properties: Properties
  readonly parts: Map<string, MemoryPart>
}

interface MemoryBucket {
  readonly created: number
  readonly records: Map<string, Buffer>
  readonly objects: Map<string, MemoryObject>
  readonly uploads: Map<string, MemoryUpload>
}

/** The reference: what the contract means, without a disk. For tests and measurements. */
export class MemoryStore implements ObjectStore {
  readonly #buckets = new Map<string, MemoryBucket>()

  async listBuckets() {
    const buckets = [...this.#buckets].map(([name, { created }]) => ({ name, created }))
    return buckets.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async createBucket(bucket: string) {
    if (this.#buckets.has(bucket)) throw new S3Error('BucketAlreadyOwnedByYou', `there is a bucket ${bucket} already`)
    this.#buckets.set(bucket, { created: Date.now(), records: new Map(), objects: new Map(), uploads: new Map() })
  }

  async headBucket(bucket: string) {
    this.#bucket(bucket)
  }

  async deleteBucket(bucket: string) {
    if (this.#bucket(bucket).objects.size > 0) throw new S3Error('BucketNotEmpty', `the bucket ${bucket} is not empty`)
    this.#buckets.delete(bucket)
  }

  async record(bucket: string, name: string) {
    return this.#bucket(bucket).records.get(name) ?? null
  }

  async keepRecord(bucket: string, name: string, value: Buffer) {
    const { records } = this.#bucket(bucket)
    const kept = records.get(name) ?? value
    records.set(name, kept)
    return kept
  }

  async put(name: ObjectName, object: Properties & { size: number }, condition: WriteCondition, body: Body) {
    this.#bucket(name.bucket)
    return this.#write(name, object, await collect(body, object.size), condition)
  }

  async head(name: ObjectName) {
    return this.#object(name).info
  }

  async open(
    name: ObjectName,
    { range, ifMatch }: { readonly range?: StoredRange; readonly ifMatch?: string },
  ): Promise<OpenedObject> {
    const { info, bytes } = this.#object(name)
    if (ifMatch !== undefined && ifMatch !== info.etag)
      throw new S3Error('PreconditionFailed', 'the object was replaced while it was read')
    const { start, end } = storedSpan(range, info.size)
    return { info, start, body: chunks(bytes.subarray(start, end)), close() {} }
  }

  async copy(
    source: ObjectName & { etag: string },
    target: ObjectName,
    properties: Properties,
    condition: WriteCondition,
  ) {
    const { info, bytes } = this.#object(source)
    if (info.etag !== source.etag)
      throw new S3Error('PreconditionFailed', 'the source was replaced while it was copied')
    return this.#write(target, properties, bytes, condition)
  }

  async delete({ bucket, key }: ObjectName) {
    this.#bucket(bucket).objects.delete(key)
  }

  async list(bucket: string, options: ListOptions) {
    const { objects } = this.#bucket(bucket)
    const sorted = [...objects].map(([key, { info }]) => ({ bytes: Buffer.from(key), listed: { key, ...info } }))
    sorted.sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    return listPage(
      (from) => sorted.filter(({ bytes }) => Buffer.compare(bytes, from) >= 0).map(({ listed }) => listed),
      options,
    )
  }

  async createUpload({ bucket, key }: ObjectName, properties: Properties) {
    const id = randomBytes(16).toString('hex')
    this.#bucket(bucket).uploads.set(id, { key, started: Date.now(), properties, parts: new Map() })
    return id
  }

  async putPart(upload: UploadName, part: PartInput, body: Body) {
    this.#upload(upload)
    const bytes = await collect(body, part.size)
    const { parts } = this.#upload(upload)
    const etag = newEtag()
    if (part.kind !== 'final') for (const kind of ['part', 'staged']) parts.delete(`${kind} ${part.number}`)
    const { kind, number, size } = part
    parts.set(`${kind} ${number}`, { kind, number, size, note: part.note(), etag, modified: Date.now(), bytes })
    return etag
  }

  async openStaged(upload: UploadName, { number, etag }: { readonly number: number; readonly etag: string }) {
    return chunks(this.#part(upload, number, etag).bytes)
  }

  async listParts(upload: UploadName) {
    const parts = [...this.#upload(upload).parts.values()].filter(({ kind }) => kind !== 'final')
    return parts.sort((a, b) => a.number - b.number)
  }

  async completeUpload(
    upload: UploadName,
    parts: readonly { readonly number: number; readonly etag: string }[],
    condition: WriteCondition,
  ) {
    const { properties } = this.#upload(upload)
    const bytes = Buffer.concat(parts.map(({ number, etag }) => this.#part(upload, number, etag).bytes))
    const written = this.#write(upload, properties, bytes, condition)
    this.#bucket(upload.bucket).uploads.delete(upload.uploadId)
    return written
  }

  async abortUpload(upload: UploadName) {
    this.#upload(upload)
    this.#bucket(upload.bucket).uploads.delete(upload.uploadId)
  }

  async listUploads(bucket: string) {
    const uploads = [...this.#bucket(bucket).uploads].map(([uploadId, { key, started, properties }]) => ({
      uploadId,
      key,
      started,
      metadata: properties.metadata,
    }))
    return uploads.sort(
      (a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.uploadId < b.uploadId ? -1 : 1),
    )
  }

  async close() {}

  #bucket(bucket: string): MemoryBucket {
    const found = this.#buckets.get(bucket)
    if (found === undefined) throw new S3Error('NoSuchBucket', `there is no bucket ${bucket}`)
    return found
  }

  #object({ bucket, key }: ObjectName): MemoryObject {
    const found = this.#bucket(bucket).objects.get(key)
    if (found === undefined) throw new S3Error('NoSuchKey', `there is no object ${key}`)
    return found
  }

  #upload({ bucket, key, uploadId }: UploadName): MemoryUpload {
    const found = this.#bucket(bucket).uploads.get(uploadId)
    if (found === undefined || found.key !== key)
      throw new S3Error('NoSuchUpload', 'there is no such upload; it may be complete or aborted')
    return found
  }

  #part(upload: UploadName, number: number, etag: string): MemoryPart {
    const parts = [...this.#upload(upload).parts.values()]
    const found = parts.find((part) => part.number === number && part.etag === etag)
    if (found === undefined)
      throw new S3Error(
        'InvalidPart',
        `part ${number} was not uploaded, or was uploaded again since, with another ETag`,
      )
    return found
  }

  #write({ bucket, key }: ObjectName, { headers, metadata }: Properties, bytes: Buffer, condition: WriteCondition) {
    const { objects } = this.#bucket(bucket)
    checkWrite(condition, objects.get(key)?.info ?? null)
    const written = { etag: newEtag(), modified: Date.now() }
    objects.set(key, { info: { headers, metadata, size: bytes.length, ...written }, bytes })
    return written
  }
}

export const memoryStore = (): ObjectStore => new MemoryStore()

const newEtag = (): string => `${randomBytes(16).toString('hex')}-1`

async function* chunks(bytes: Buffer): Body {
  for (let at = 0; at < bytes.length; at += 1_048_576) yield bytes.subarray(at, at + 1_048_576)
}

async function collect(body: Body, size: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  const bytes = Buffer.concat(chunks)
  if (bytes.length !== size) throw new S3Error('IncompleteBody', `expected ${size} bytes, received ${bytes.length}`)
  return bytes
}
