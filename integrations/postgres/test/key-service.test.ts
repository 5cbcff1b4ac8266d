import { setTimeout as sleep } from 'node:timers/promises'
import { HufuError } from '@hufu/wire'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Encryption, encryptedPool } from '../src/index.ts'
import type { TestDatabase } from './support/database.ts'
import { orders } from './support/orders.ts'
import type { UnsafeKeys } from './support/unsafe-keys.ts'

let keys: UnsafeKeys
let bob: UnsafeKeys
let encryption: Encryption
let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  const made = await orders()
  keys = made.keys
  bob = made.bob
  encryption = made.encryption
  database = made.database
  pool = made.pool
})
afterAll(async () => {
  await pool?.end()
})
beforeEach(() => {
  keys.failure = null
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
