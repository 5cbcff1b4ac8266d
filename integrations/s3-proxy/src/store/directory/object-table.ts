import { randomBytes } from 'node:crypto'
import { S3Error } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import { checkWrite } from '../conditions.ts'
import { listPage } from '../list-page.ts'
import type { ListOptions, ListPage, ObjectInfo, Properties, WriteCondition, Written } from '../object-store.ts'
import type { IndexFile } from './index-file.ts'

interface ObjectRow {
  readonly etag: string
  readonly size: number
  readonly modified: number
  readonly properties: string
}

/** A file and its bytes, as a piece of an object. */
export interface PieceRow {
  readonly file: string
  readonly size: number
}

/** Objects and the files they consist of. */
export class ObjectTable {
  readonly #index: IndexFile

  constructor(index: IndexFile) {
    this.#index = index
  }

  find({ bucket, key }: ObjectName): ObjectInfo | null {
    const row = this.#index.database
      .prepare<[string, Buffer], ObjectRow>(
        'SELECT etag, size, modified, properties FROM object WHERE bucket = ? AND key = ?',
      )
      .get(bucket, Buffer.from(key))
    if (row === undefined) return null
    const { properties, ...info } = row
    return { ...info, ...(JSON.parse(properties) as Properties) }
  }

  expect(name: ObjectName): ObjectInfo {
    const info = this.find(name)
    if (info === null) throw new S3Error('NoSuchKey', `there is no object ${name.key}`)
    return info
  }

  pieces(etag: string): PieceRow[] {
    return this.#index.database
      .prepare<[string], PieceRow>('SELECT file, size FROM piece WHERE etag = ? ORDER BY position')
      .all(etag)
  }

  /** Makes or replaces an object out of files that were loose; those it had before become loose. */
  write(name: ObjectName, properties: Properties, pieces: readonly PieceRow[], condition: WriteCondition): Written {
    const { database } = this.#index
    const before = this.find(name)
    checkWrite(condition, before)
    if (before !== null) this.#loosen(before.etag)
    const written = { etag: newEtag(), modified: Date.now() }
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0)
    database
      .prepare(
        'INSERT OR REPLACE INTO object (bucket, key, etag, size, modified, properties) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(name.bucket, Buffer.from(name.key), written.etag, size, written.modified, JSON.stringify(properties))
    const insert = database.prepare('INSERT INTO piece (etag, position, file, size) VALUES (?, ?, ?, ?)')
    const tighten = database.prepare('DELETE FROM loose WHERE file = ?')
    pieces.forEach((piece, position) => {
      insert.run(written.etag, position, piece.file, piece.size)
      tighten.run(piece.file)
    })
    return written
  }

  remove({ bucket, key }: ObjectName): void {
    const found = this.find({ bucket, key })
    if (found === null) return
    this.#loosen(found.etag)
    this.#index.database.prepare('DELETE FROM object WHERE bucket = ? AND key = ?').run(bucket, Buffer.from(key))
  }

  page(bucket: string, options: ListOptions): ListPage {
    const rows = this.#index.database.prepare<
      [string, Buffer],
      { key: Buffer; etag: string; size: number; modified: number }
    >('SELECT key, etag, size, modified FROM object WHERE bucket = ? AND key >= ? ORDER BY key')
    return listPage(function* (from) {
      for (const row of rows.iterate(bucket, from)) yield { ...row, key: row.key.toString() }
    }, options)
  }

  #loosen(etag: string): void {
    const { database } = this.#index
    database.prepare('INSERT OR IGNORE INTO loose (file) SELECT file FROM piece WHERE etag = ?').run(etag)
    database.prepare('DELETE FROM piece WHERE etag = ?').run(etag)
  }
}

/** Random, and of a form that no client takes for an MD5. */
export const newEtag = (): string => `${randomBytes(16).toString('hex')}-1`
