import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Encryption, shred, verify } from '../src/index.ts'
import type { TestDatabase } from './support/database.ts'
import { orders } from './support/orders.ts'

let encryption: Encryption
let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  const made = await orders()
  encryption = made.encryption
  database = made.database
  pool = made.pool
})
afterAll(async () => {
  await pool?.end()
})

describe('tenants and rows', () => {
  it('read and search where the statement fixes the tenant', async () => {
    expect((await pool.query('SELECT * FROM orders WHERE id = $1', ['a'])).rows).toEqual([
      { id: 'a', org_id: 1, card: 'card 1', secret: 'secret a', note: 'note a' },
    ])
    expect((await pool.query('SELECT card, secret FROM orders WHERE id = $1', ['c'])).rows).toEqual([
      { card: 'card 2', secret: 'secret c' },
    ])
    const found = await pool.query('SELECT o.id FROM orders o WHERE o.org_id = $1 AND o.card = $2 ORDER BY o.id', [
      1,
      'card 1',
    ])
    expect(found.rows).toEqual([{ id: 'a' }, { id: 'b' }])
    await expect(pool.query('SELECT id FROM orders WHERE card = $1', ['card 1'])).rejects.toMatchObject({
      refusal: 'TenantNeeded',
    })
    await expect(pool.query('UPDATE orders SET card = $1 WHERE id = $2', ['x', 'a'])).rejects.toMatchObject({
      refusal: 'TenantNeeded',
    })
    await expect(pool.query('UPDATE orders SET secret = $1', ['x'])).rejects.toMatchObject({ refusal: 'RowNeeded' })
    await pool.query('UPDATE orders SET secret = $1 WHERE id = $2', ['new', 'b'])
    expect((await pool.query('SELECT secret FROM orders WHERE id = $1', ['b'])).rows).toEqual([{ secret: 'new' }])
  })
})

describe('whoever has the database', () => {
  const swapped = async (change: string, read: string) => {
    const client = await database.plain.connect()
    await client.query('CREATE TABLE saved AS SELECT * FROM orders')
    try {
      await client.query(change)
      await expect(pool.query(read)).rejects.toMatchObject({ code: 'DecryptionFailed' })
      const admin = new pg.Client(database.config)
      await admin.connect()
      expect((await verify(admin, encryption)).flatMap(({ refused }) => refused).length).toBeGreaterThan(0)
      await admin.end()
    } finally {
      await client.query(
        'UPDATE orders o SET card = s.card, secret = s.secret, note = s.note FROM saved s WHERE s.id = o.id',
      )
      await client.query('DROP TABLE saved')
      client.release()
    }
  }

  it('cannot give one tenant the cell of another', () =>
    swapped(
      "UPDATE orders SET card = (SELECT card FROM orders WHERE id = 'c') WHERE id = 'a'",
      "SELECT card FROM orders WHERE id = 'a'",
    ))

  it('cannot move a cell to another tenant by moving the row', () =>
    swapped("UPDATE orders SET card = (SELECT card FROM orders WHERE id = 'c') WHERE id = 'a'", 'SELECT * FROM orders'))

  it('cannot copy a cell that is bound to its row', () =>
    swapped(
      "UPDATE orders SET secret = (SELECT secret FROM orders WHERE id = 'a') WHERE id = 'b'",
      "SELECT secret FROM orders WHERE id = 'b'",
    ))

  it('cannot cut a cell, or change its index', async () => {
    await swapped(
      "UPDATE orders SET note = substr(note, 1, length(note) - 1) WHERE id = 'a'",
      'SELECT note FROM orders',
    )
    await swapped(
      "UPDATE orders SET card = substr(card, 1, 1) || (SELECT substr(card, 2, 16) FROM orders WHERE id = 'c') || substr(card, 18) WHERE id = 'a'",
      "SELECT card FROM orders WHERE id = 'a'",
    )
  })

  it('can have a wrong row found by an index, but not what was read or returned believed', async () => {
    const client = await database.plain.connect()
    const saved = await client.query("SELECT secret FROM orders WHERE id = 'a'")
    await client.query(
      "UPDATE orders SET secret = substr(secret, 1, 1) || (SELECT substr(secret, 2, 16) FROM orders WHERE id = 'c') || substr(secret, 18) WHERE id = 'a'",
    )
    try {
      const found = await pool.query('SELECT id FROM orders WHERE secret = $1 ORDER BY id', ['secret c'])
      expect(found.rows).toEqual([{ id: 'a' }, { id: 'c' }])
      const application = await pool.connect()
      for (const proven of [
        'SELECT id, secret FROM orders WHERE secret = $1',
        'DELETE FROM orders WHERE secret = $1 RETURNING id, secret',
      ]) {
        await application.query('BEGIN')
        await expect(application.query(proven, ['secret c'])).rejects.toMatchObject({ code: 'DecryptionFailed' })
        await application.query('ROLLBACK')
      }
      application.release()
      expect((await pool.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 3 }])
    } finally {
      await client.query("UPDATE orders SET secret = $1 WHERE id = 'a'", [saved.rows[0].secret])
      client.release()
    }
  })

  it('cannot store plaintext, or the cell of another column', async () => {
    await expect(database.plain.query("UPDATE orders SET note = 'plain'")).rejects.toMatchObject({ code: '23514' })
    await expect(database.plain.query('UPDATE orders SET note = secret')).rejects.toMatchObject({ code: '23514' })
  })
})

describe('a tenant that is shredded', () => {
  it('is unreadable for ever, and the others are not', async () => {
    const admin = new pg.Client(database.config)
    await admin.connect()
    expect(await shred(admin, encryption, '2')).toEqual([{ path: 'orders.card', keys: 2 }])
    await admin.end()
    await expect(pool.query('SELECT card FROM orders WHERE id = $1', ['c'])).rejects.toMatchObject({
      code: 'DecryptionFailed',
    })
    await expect(
      pool.query('INSERT INTO orders (id, org_id, card) VALUES ($1, $2, $3)', ['d', 2, 'x']),
    ).rejects.toMatchObject({ code: 'DecryptionFailed' })
    expect((await pool.query('SELECT card FROM orders WHERE id = $1', ['a'])).rows).toEqual([{ card: 'card 1' }])
  })
})
