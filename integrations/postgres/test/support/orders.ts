import { HufuError } from '@hufu/wire'
import type pg from 'pg'
import { defineEncryption, type Encryption, encryptedPool } from '../../src/index.ts'
import { applyTo } from './apply-to.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { type UnsafeKeys, unsafeKeys } from './unsafe-keys.ts'

/** A table with a column by tenant, one by row and one by neither, and three rows: a and b of tenant 1, c of tenant 2. */
export interface Orders {
  readonly keys: UnsafeKeys
  /** The key service of the identity bob, which knows none of the keys. */
  readonly bob: UnsafeKeys
  readonly encryption: Encryption
  readonly database: TestDatabase
  readonly pool: pg.Pool
}

export async function orders(): Promise<Orders> {
  const [keys, bob] = [unsafeKeys(), unsafeKeys()]
  const encryption = defineEncryption({
    kms: keys,
    principals: (name) => {
      if (name === 'bob') return bob
      throw new HufuError('AccessDenied', `no identity ${name}`)
    },
    columns: {
      'orders.card': { key: 'alias/pay', type: 'text', search: ['equality'], tenant: 'orders.org_id' },
      'orders.secret': { key: 'alias/pay', type: 'text', row: 'orders.id', search: ['equality'] },
      'orders.note': { key: 'alias/pay', type: 'text' },
    },
  })
  const database = await testDatabase()
  await database.plain.query(
    'CREATE TABLE orders (id text PRIMARY KEY, org_id integer, card text, secret text, note text)',
  )
  await applyTo(database.plain, encryption)
  const pool = encryptedPool(encryption, { ...database.config, max: 8 })
  const insert = 'INSERT INTO orders (id, org_id, card, secret, note) VALUES ($1, $2, $3, $4, $5)'
  for (const [id, org] of [
    ['a', 1],
    ['b', 1],
    ['c', 2],
  ])
    await pool.query(insert, [id, org, `card ${org}`, `secret ${id}`, `note ${id}`])
  return { keys, bob, encryption, database, pool }
}
