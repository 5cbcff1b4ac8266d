import { z } from 'zod'
import type { Database } from '../catalogue/load-catalogue.ts'

/** A data key as the database keeps it: wrapped by its CMK. */
export interface StoredKey {
  readonly number: number
  readonly tenant: string
  /** Null when it was shredded. */
  readonly wrapped: Uint8Array | null
  /** The full name of the CMK. */
  readonly keyId: string
}

export interface NewKey {
  readonly wrapped: Uint8Array
  readonly keyId: string
}

const row = z.object({
  number: z.coerce.number(),
  tenant: z.string(),
  wrapped: z.instanceof(Uint8Array).nullable(),
  keyId: z.string(),
})

const FIELDS = 'number, tenant, wrapped, key_id AS "keyId"'

/** The tables of wrapped data keys, on a connection of their own: what is made here outlives any transaction. */
export class DataKeyStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** The key of that number; null when there is none. */
  async cellKey(columnId: string, number: number): Promise<StoredKey | null> {
    return this.#one(`SELECT ${FIELDS} FROM hufu.data_keys WHERE column_id = $1 AND number = $2`, [columnId, number])
  }

  /** The key that new cells are sealed under; null before the first. */
  async newestCellKey(columnId: string, tenant: string): Promise<StoredKey | null> {
    return this.#one(
      `SELECT ${FIELDS} FROM hufu.data_keys WHERE column_id = $1 AND tenant = $2 AND retired_at IS NULL ORDER BY number DESC LIMIT 1`,
      [columnId, tenant],
    )
  }

  /** Adds a key with the next number, unless somebody else was first with it: then null. */
  async addCellKey(columnId: string, tenant: string, { wrapped, keyId }: NewKey): Promise<StoredKey | null> {
    return this.#one(
      `INSERT INTO hufu.data_keys (column_id, number, tenant, wrapped, key_id)
SELECT $1, coalesce(max(number) + 1, 0), $2, $3, $4 FROM hufu.data_keys WHERE column_id = $1
ON CONFLICT DO NOTHING RETURNING ${FIELDS}`,
      [columnId, tenant, Buffer.from(wrapped), keyId],
    )
  }

  async indexKey(group: string, tenant: string): Promise<StoredKey | null> {
    return this.#one(
      'SELECT 0 AS number, tenant, wrapped, key_id AS "keyId" FROM hufu.index_keys WHERE group_name = $1 AND tenant = $2',
      [group, tenant],
    )
  }

  /** Adds the one index key of a group and tenant, unless it is there. */
  async addIndexKey(group: string, tenant: string, { wrapped, keyId }: NewKey): Promise<void> {
    await this.#database.query(
      'INSERT INTO hufu.index_keys (group_name, tenant, wrapped, key_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [group, tenant, Buffer.from(wrapped), keyId],
    )
  }

  async #one(text: string, values: unknown[]): Promise<StoredKey | null> {
    const { rows } = await this.#database.query(text, values)
    return rows.length === 0 ? null : row.parse(rows[0])
  }
}
