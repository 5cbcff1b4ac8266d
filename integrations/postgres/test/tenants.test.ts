import { setTimeout as sleep } from 'node:timers/promises'
import { HufuError } from '@hufu/wire'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defineEncryption, encryptedPool, shred, verify } from '../src/index.ts'
import { applyTo } from './support/apply-to.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

const keys = unsafeKeys()
const bob = unsafeKeys()
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
let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  database = await testDatabase()
  await database.plain.query(
    'CREATE TABLE orders (id text PRIMARY KEY, org_id integer, card text, secret text, note text)',
  )
  await applyTo(database.plain, encryption)
  pool = encryptedPool(encryption, { ...database.config, max: 8 })
  const insert = 'INSERT INTO orders (id, org_id, card, secret, note) VALUES ($1, $2, $3, $4, $5)'
  for (const [id, org] of [
    ['a', 1],
    ['b', 1],
    ['c', 2],
  ])
    await pool.query(insert, [id, org, `card ${org}`, `secret ${id}`, `note ${id}`])
})
afterAll(async () => {
  await pool?.end()
})
beforeEach(() => {
  keys.failure = null
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

describe('the KMS', () => {
  it('is asked once for a data key by 1,000 queries that begin together', async () => {
    encryption.forgetKeys()
    const before = keys.calls.decrypt
    const started = performance.now()
    const reads = Array.from({ length: 1000 }, () => pool.query('SELECT note FROM orders WHERE id = $1', ['a']))
    expect((await Promise.all(reads)).every(({ rows }) => rows[0].note === 'note a')).toBe(true)
    const seconds = Math.floor((performance.now() - started) / 1000)
    expect(keys.calls.decrypt - before).toBeLessThanOrEqual(1 + seconds)
  })

  it('stops what a revoked key protects within about a second, and nothing else', async () => {
    keys.failure = new HufuError('KeyDisabled', 'the key is disabled')
    await sleep(1100)
    await expect(pool.query('SELECT note FROM orders')).rejects.toMatchObject({ code: 'KeyDisabled' })
    expect((await pool.query('SELECT id FROM orders WHERE id = $1', ['a'])).rows).toEqual([{ id: 'a' }])
    keys.failure = null
    expect((await pool.query('SELECT note FROM orders WHERE id = $1', ['a'])).rows).toEqual([{ note: 'note a' }])
  })

  it('does not hold up other queries while it is slow', async () => {
    encryption.forgetKeys()
    let release = () => {}
    keys.pause = new Promise((resolve) => {
      release = resolve
    })
    const slow = pool.query('SELECT note FROM orders WHERE id = $1', ['a'])
    expect((await pool.query('SELECT id FROM orders WHERE id = $1', ['b'])).rows).toEqual([{ id: 'b' }])
    release()
    keys.pause = null
    expect((await slow).rows).toEqual([{ note: 'note a' }])
  })

  it('fails in a transaction, which goes on', async () => {
    const client = await pool.connect()
    await client.query('BEGIN')
    encryption.forgetKeys()
    keys.failure = new HufuError('Unavailable', 'the KMS is down')
    await expect(client.query('UPDATE orders SET note = $1 WHERE id = $2', ['lost', 'a'])).rejects.toMatchObject({
      code: 'Unavailable',
    })
    keys.failure = null
    await client.query('UPDATE orders SET note = $1 WHERE id = $2', ['kept', 'a'])
    await client.query('COMMIT')
    client.release()
    expect((await pool.query('SELECT note FROM orders WHERE id = $1', ['a'])).rows).toEqual([{ note: 'kept' }])
  })

  it("is asked as the connection's principal", async () => {
    const client = await pool.connect()
    await client.query("SET hufu.principal = 'bob'")
    await expect(client.query('SELECT note FROM orders WHERE id = $1', ['a'])).rejects.toMatchObject({
      code: 'DecryptionFailed',
    })
    expect(bob.calls.decrypt).toBeGreaterThan(0)
    await client.query('RESET hufu.principal')
    expect((await client.query('SELECT note FROM orders WHERE id = $1', ['a'])).rows).toEqual([{ note: 'kept' }])
    client.release()
    const own = encryptedPool(encryption.as('bob'), database.config)
    await expect(own.query('SELECT note FROM orders WHERE id = $1', ['a'])).rejects.toMatchObject({
      code: 'DecryptionFailed',
    })
    await own.end()
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
