import { HufuError } from '@hufu/wire'
import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { apply, backfill, defineEncryption, encryptedPool, revert, rotate, verify } from '../src/index.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { type UnsafeKeys, unsafeKeys } from './support/unsafe-keys.ts'

const ROWS = 900
let database: TestDatabase
let keys: UnsafeKeys

const declared = () =>
  defineEncryption({
    kms: keys,
    columns: { 'people.email': { key: 'alias/app', type: 'text', search: ['equality'], unique: true } },
  })

beforeEach(async () => {
  keys = unsafeKeys()
  database = await testDatabase()
  await database.plain.query('CREATE TABLE people (id serial PRIMARY KEY, email text UNIQUE)')
  await database.plain.query(`INSERT INTO people (email) SELECT 'p' || i FROM generate_series(1, ${ROWS}) i`)
})

async function connected<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(database.config)
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Does the work on a connection that the server closes at the third batch; the work fails and says why. */
const cutOff = (
  work: (client: pg.Client, options: { batch: number; pause: number; onProgress: () => void }) => Promise<unknown>,
) =>
  connected(async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    let batches = 0
    const onProgress = () => {
      if (++batches === 3) void database.plain.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
    }
    await expect(work(client, { batch: 50, pause: 300, onProgress })).rejects.toThrow(/terminat|Connection/i)
  })

async function everyRow(): Promise<void> {
  const pool = encryptedPool(declared(), database.config)
  const { rows } = await pool.query('SELECT id, email FROM people ORDER BY id')
  expect(rows).toEqual(Array.from({ length: ROWS }, (_, i) => ({ id: i + 1, email: `p${i + 1}` })))
  await pool.end()
}

describe('a connection that is lost', () => {
  it('in backfill, rotate and revert: nothing is lost, and the next run ends the work', async () => {
    await connected((client) => apply(client, declared()))
    await cutOff((client, options) => backfill(client, declared(), options))
    await everyRow()
    await connected((client) => backfill(client, declared()))
    await everyRow()
    await cutOff((client, options) => rotate(client, declared(), options))
    await everyRow()
    await connected((client) => rotate(client, declared(), { resume: true }))
    const [found] = await connected((client) => verify(client, declared()))
    expect(found).toMatchObject({ cells: ROWS, refused: [], dataKeys: [{ number: 1, cells: ROWS }] })
    await cutOff((client, options) => revert(client, declared(), options))
    await everyRow()
    await connected((client) => revert(client, declared()))
    expect((await database.plain.query('SELECT email FROM people WHERE id = 7')).rows).toEqual([{ email: 'p7' }])
  }, 300_000)

  it('between a new data key and the retiring of the old one: the resumed rotation moves every cell', async () => {
    await connected(async (client) => {
      await apply(client, declared())
      await backfill(client, declared())
      const query = (text: string, values?: unknown[]) =>
        text.includes('SET retired_at') ? Promise.reject(new Error('cut off')) : client.query(text, values)
      await expect(rotate({ query } as pg.Client, declared())).rejects.toThrow('cut off')
      await rotate(client, declared(), { resume: true })
      const [found] = await verify(client, declared())
      expect(found).toMatchObject({ cells: ROWS, refused: [], dataKeys: [{ number: 1, cells: ROWS }] })
    })
    await everyRow()
  })

  it('under a query: the query fails, the pool goes on', async () => {
    const encryption = declared()
    await connected(async (client) => {
      await apply(client, encryption)
      await backfill(client, encryption)
    })
    const pool = encryptedPool(encryption, { ...database.config, max: 1 })
    pool.on('error', () => {})
    const slow = pool.query('SELECT email, pg_sleep(60) FROM people WHERE email = $1', ['p1'])
    const cut = async () =>
      (
        await database.plain.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()",
        )
      ).rowCount
    await Promise.all([expect(slow).rejects.toThrow(/terminat/i), expect.poll(cut, { timeout: 30_000 }).toBe(1)])
    expect((await pool.query('SELECT email FROM people WHERE email = $1', ['p1'])).rows).toEqual([{ email: 'p1' }])
    await pool.end()
  })
})

describe('a KMS that is down', () => {
  const down = () => {
    keys.failure = new HufuError('Unavailable', 'the KMS is down')
  }

  it('when the application starts: what needs a key fails, the rest works, and all does when it is back', async () => {
    await connected(async (client) => {
      await apply(client, declared())
      await backfill(client, declared())
    })
    down()
    const pool = encryptedPool(declared(), database.config)
    const read = () => pool.query('SELECT email FROM people WHERE id = $1', [1])
    await expect(read()).rejects.toMatchObject({ code: 'Unavailable' })
    await expect(pool.query('INSERT INTO people (email) VALUES ($1)', ['x'])).rejects.toMatchObject({
      code: 'Unavailable',
    })
    expect((await pool.query('SELECT count(*)::int AS n FROM people')).rows).toEqual([{ n: ROWS }])
    keys.failure = null
    expect((await read()).rows).toEqual([{ email: 'p1' }])
    await pool.end()
  })

  it('in a backfill: it stops with the reason, and goes on later', async () => {
    const encryption = declared()
    await connected((client) => apply(client, encryption))
    let batches = 0
    const onProgress = () => {
      if (++batches !== 2) return
      encryption.forgetKeys()
      down()
    }
    await connected((client) =>
      expect(backfill(client, encryption, { batch: 50, onProgress })).rejects.toMatchObject({ code: 'Unavailable' }),
    )
    keys.failure = null
    await everyRow()
    await connected((client) => backfill(client, encryption))
    await everyRow()
  })
})

describe('an index that is made equal on purpose', () => {
  it('is refused when the value is read, and found by verify', async () => {
    const encryption = declared()
    await connected(async (client) => {
      await apply(client, encryption)
      await backfill(client, encryption)
    })
    const { rows } = await database.plain.query("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'hufu_index_%'")
    await database.plain.query(`DROP INDEX ${rows[0].indexname}`)
    await database.plain.query(
      'UPDATE people SET email = substr(email, 1, 1) || (SELECT substr(email, 2, 16) FROM people WHERE id = 1) || substr(email, 18) WHERE id = 2',
    )
    const pool = encryptedPool(encryption, database.config)
    await expect(pool.query('SELECT id, email FROM people WHERE email = $1', ['p1'])).rejects.toMatchObject({
      code: 'DecryptionFailed',
      table: 'people',
      column: 'email',
    })
    await pool.end()
    const [found] = await connected((client) => verify(client, encryption))
    expect(found?.refused).toHaveLength(1)
  })
})
