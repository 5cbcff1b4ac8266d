import type pg from 'pg'
import { type Applied, apply, type Encryption } from '../../src/index.ts'

/** Applies the declarations over one plain connection of the pool. */
export async function applyTo(pool: pg.Pool, encryption: Encryption): Promise<Applied[]> {
  const client = await pool.connect()
  try {
    return await apply(client, encryption)
  } finally {
    client.release()
  }
}
