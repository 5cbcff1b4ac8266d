import { S3Error } from '../../error.ts'
import type { IndexFile } from './index-file.ts'

/** Buckets and the records kept with them. */
export class BucketTable {
  readonly #index: IndexFile

  constructor(index: IndexFile) {
    this.#index = index
  }

  all(): { readonly name: string; readonly created: number }[] {
    return this.#index.database
      .prepare<[], { name: string; created: number }>('SELECT name, created FROM bucket ORDER BY name')
      .all()
  }

  expect(bucket: string): void {
    const row = this.#index.database.prepare('SELECT 1 FROM bucket WHERE name = ?').get(bucket)
    if (row === undefined) throw new S3Error('NoSuchBucket', `there is no bucket ${bucket}`)
  }

  add(bucket: string): void {
    const added = this.#index.database
      .prepare('INSERT OR IGNORE INTO bucket (name, created) VALUES (?, ?)')
      .run(bucket, Date.now())
    if (added.changes === 0) throw new S3Error('BucketAlreadyOwnedByYou', `there is a bucket ${bucket} already`)
  }

  remove(bucket: string): void {
    this.expect(bucket)
    const { database } = this.#index
    if (database.prepare('SELECT 1 FROM object WHERE bucket = ? LIMIT 1').get(bucket) !== undefined)
      throw new S3Error('BucketNotEmpty', `the bucket ${bucket} is not empty`)
    database.prepare('DELETE FROM record WHERE bucket = ?').run(bucket)
    database.prepare('DELETE FROM bucket WHERE name = ?').run(bucket)
  }

  record(bucket: string, name: string): Buffer | null {
    this.expect(bucket)
    const row = this.#index.database
      .prepare<[string, string], { value: Buffer }>('SELECT value FROM record WHERE bucket = ? AND name = ?')
      .get(bucket, name)
    return row?.value ?? null
  }

  keepRecord(bucket: string, name: string, value: Buffer): Buffer {
    this.expect(bucket)
    this.#index.database
      .prepare('INSERT OR IGNORE INTO record (bucket, name, value) VALUES (?, ?, ?)')
      .run(bucket, name, value)
    return this.record(bucket, name) ?? value
  }
}
