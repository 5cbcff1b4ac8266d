import Sqlite from 'better-sqlite3'
import { Client } from 'pg'
import type { StoreLocation } from '../src/index.ts'

/** Flips one bit of a key's wrapped material behind the service's back: of the byte at that place, from its end where it is negative. */
export async function flipMaterial(store: StoreLocation, keyId: string, at: number): Promise<void> {
  if (store.client === 'sqlite') return flipInSqlite(store.file, keyId, at)
  const client = new Client({ connectionString: store.url })
  await client.connect()
  const { rows } = await client.query('select wrapped from key_versions where key_id = $1', [keyId])
  await client.query('update key_versions set wrapped = $1 where key_id = $2', [flipped(rows[0].wrapped, at), keyId])
  await client.end()
}

function flipInSqlite(file: string, keyId: string, at: number): void {
  const db = new Sqlite(file, { timeout: 30_000 })
  const row = db.prepare('select wrapped from key_versions where key_id = ?').get(keyId) as { wrapped: Buffer }
  db.prepare('update key_versions set wrapped = ? where key_id = ?').run(flipped(row.wrapped, at), keyId)
  db.close()
}

function flipped(wrapped: Buffer, at: number): Buffer {
  const place = (at < 0 ? wrapped.length + at : at) % wrapped.length
  wrapped[place] = (wrapped[place] ?? 0) ^ 0x10
  return wrapped
}
