import { randomBytes } from 'node:crypto'
import { S3Error } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import type { PartInput, Properties, StoredPart, StoredUpload, UploadName } from '../object-store.ts'
import type { IndexFile } from './index-file.ts'
import { newEtag, type PieceRow } from './object-table.ts'

/** Uploads that are not complete, and their parts. */
export class UploadTable {
  readonly #index: IndexFile

  constructor(index: IndexFile) {
    this.#index = index
  }

  add({ bucket, key }: ObjectName, properties: Properties): string {
    const id = randomBytes(16).toString('hex')
    this.#index.database
      .prepare('INSERT INTO upload (id, bucket, key, started, properties) VALUES (?, ?, ?, ?, ?)')
      .run(id, bucket, Buffer.from(key), Date.now(), JSON.stringify(properties))
    return id
  }

  /** The properties given at the start. */
  expect({ bucket, key, uploadId }: UploadName): Properties {
    const row = this.#index.database
      .prepare<[string, string, Buffer], { properties: string }>(
        'SELECT properties FROM upload WHERE id = ? AND bucket = ? AND key = ?',
      )
      .get(uploadId, bucket, Buffer.from(key))
    if (row === undefined) throw new S3Error('NoSuchUpload', 'there is no such upload; it may be complete or aborted')
    return JSON.parse(row.properties) as Properties
  }

  /** Adds a part whose file was loose; the file of the part it replaces becomes loose. */
  addPart({ uploadId }: UploadName, part: PartInput, file: string): string {
    const { database } = this.#index
    const etag = newEtag()
    const replaced = part.kind === 'final' ? ['final'] : ['part', 'staged']
    for (const kind of replaced) this.#dropParts('upload = ? AND number = ? AND kind = ?', uploadId, part.number, kind)
    database
      .prepare(
        'INSERT INTO part (upload, number, kind, etag, file, size, modified, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(uploadId, part.number, part.kind, etag, file, part.size, Date.now(), part.note())
    database.prepare('DELETE FROM loose WHERE file = ?').run(file)
    return etag
  }

  parts({ uploadId }: UploadName): StoredPart[] {
    return this.#index.database
      .prepare<[string], StoredPart>(
        "SELECT number, size, etag, modified, note FROM part WHERE upload = ? AND kind <> 'final' ORDER BY number",
      )
      .all(uploadId)
  }

  expectPart({ uploadId }: UploadName, number: number, etag: string): PieceRow {
    const row = this.#index.database
      .prepare<[string, number, string], PieceRow>(
        'SELECT file, size FROM part WHERE upload = ? AND number = ? AND etag = ?',
      )
      .get(uploadId, number, etag)
    if (row === undefined)
      throw new S3Error(
        'InvalidPart',
        `part ${number} was not uploaded, or was uploaded again since, with another ETag`,
      )
    return row
  }

  /** Removes the upload; the files of its parts become loose. */
  remove({ uploadId }: UploadName): void {
    this.#dropParts('upload = ?', uploadId)
    this.#index.database.prepare('DELETE FROM upload WHERE id = ?').run(uploadId)
  }

  all(bucket: string): StoredUpload[] {
    return this.#index.database
      .prepare<[string], { id: string; key: Buffer; started: number; properties: string }>(
        'SELECT id, key, started, properties FROM upload WHERE bucket = ? ORDER BY key, id',
      )
      .all(bucket)
      .map(({ id, key, started, properties }) => ({
        uploadId: id,
        key: key.toString(),
        started,
        metadata: (JSON.parse(properties) as Properties).metadata,
      }))
  }

  #dropParts(where: string, ...values: (string | number)[]): void {
    const { database } = this.#index
    database.prepare(`INSERT OR IGNORE INTO loose (file) SELECT file FROM part WHERE ${where}`).run(...values)
    database.prepare(`DELETE FROM part WHERE ${where}`).run(...values)
  }
}
