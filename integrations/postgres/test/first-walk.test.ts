import knex from 'knex'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, defineEncryption, encryptedKnex, encryptedPool } from '../src/index.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

const encryption = defineEncryption({
  kms: unsafeKeys(),
  columns: { 'users.email': { key: 'alias/app', type: 'text', search: ['equality'], caseInsensitive: true } },
})
let database: TestDatabase
let pool: Pool
let db: ReturnType<typeof knex>

beforeAll(async () => {
  database = await testDatabase()
  await database.plain.query('CREATE TABLE users (id serial PRIMARY KEY, email text, name text)')
  const client = await database.plain.connect()
  await apply(client, encryption)
  client.release()
  pool = encryptedPool(encryption, database.config)
  db = knex({ client: encryptedKnex(encryption), connection: database.config })
})
afterAll(async () => {
  await pool?.end()
  await db?.destroy()
})

describe('an application that does not know', () => {
  it('writes and reads through knex, and the database holds ciphertext', async () => {
    const [row] = await db('users').insert({ email: 'Ann@example.org', name: 'ann' }).returning('*')
    expect(row).toEqual({ id: 1, email: 'Ann@example.org', name: 'ann' })
    expect(await db('users').where({ email: 'ann@example.org' }).first()).toEqual(row)
    expect(await db('users').where({ email: 'bob@example.org' }).first()).toBeUndefined()
    const { rows } = await database.plain.query('SELECT email FROM users')
    expect(rows[0].email).toBeInstanceOf(Buffer)
    expect(rows[0].email.toString('latin1')).not.toContain('example')
  })

  it('writes and reads through pg', async () => {
    await pool.query('INSERT INTO users (email, name) VALUES ($1, $2)', ['eve@example.org', 'eve'])
    const { rows, fields } = await pool.query('SELECT u.email AS mail FROM users u WHERE u.email = $1', [
      'EVE@example.org',
    ])
    expect(rows).toEqual([{ mail: 'eve@example.org' }])
    expect(fields[0]?.dataTypeID).toBe(25)
  })

  it('is told what cannot be', async () => {
    const refused = pool.query('SELECT * FROM users ORDER BY email')
    await expect(refused).rejects.toMatchObject({
      code: 'NotSupported',
      refusal: 'OrderBy',
      table: 'users',
      column: 'email',
      position: 30,
    })
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})
