import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadCatalogue } from '../src/catalogue/load-catalogue.ts'
import {
  apply,
  backfill,
  defineEncryption,
  encryptedPool,
  type Progress,
  revert,
  rotate,
  verify,
} from '../src/index.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

const ROWS = 3000
const encryption = defineEncryption({
  kms: unsafeKeys(),
  columns: {
    'people.email': { key: 'alias/app', type: 'text', search: ['equality'], unique: true },
    'people.salary': { key: 'alias/app', type: 'numeric' },
  },
})
let database: TestDatabase
let admin: pg.Client
let pool: pg.Pool

beforeAll(async () => {
  database = await testDatabase()
  await database.plain.query('CREATE TABLE people (id serial PRIMARY KEY, email text NOT NULL, salary numeric(10,2))')
  await database.plain.query(
    `INSERT INTO people (email, salary) SELECT 'p' || i || '@x.org', i / 7.0 FROM generate_series(1, ${ROWS}) i`,
  )
  admin = new pg.Client(database.config)
  await admin.connect()
  pool = encryptedPool(encryption, { ...database.config, max: 4 })
})
afterAll(async () => {
  await pool?.end()
  await admin?.end()
})

let runs = 0

/** An application that inserts, updates, reads and searches until it is told to stop; every answer is checked. */
function application(): { stop(): Promise<number> } {
  const run = ++runs
  let running = true
  let written = 0
  const work = async (worker: number) => {
    for (let i = 0; running; i++) {
      const email = `${run}-${worker}-${i}@x.org`
      const { rows } = await pool.query('INSERT INTO people (email, salary) VALUES ($1, $2) RETURNING id, email', [
        email,
        '10.50',
      ])
      expect(rows[0].email).toBe(email)
      await pool.query('UPDATE people SET email = $1 WHERE id = $2', [`changed-${email}`, rows[0].id])
      const found = await pool.query('SELECT * FROM people WHERE email = $1', [`changed-${email}`])
      expect(found.rows).toEqual([{ id: rows[0].id, email: `changed-${email}`, salary: '10.50' }])
      written++
    }
  }
  const workers = [work(1), work(2)]
  return {
    async stop() {
      running = false
      await Promise.all(workers)
      return written
    },
  }
}

it('refuses what is declared and not applied', async () => {
  await expect(pool.query('SELECT email FROM people')).rejects.toMatchObject({ code: 'InvalidState' })
})

it('moves a column with rows while the application writes, and loses nothing', async () => {
  expect(await apply(admin, encryption)).toEqual([
    { path: 'people.email', state: 'backfill' },
    { path: 'people.salary', state: 'backfill' },
  ])
  const app = application()
  const seen: Progress[] = []
  const moved = await backfill(admin, encryption, { batch: 200, onProgress: (progress) => seen.push(progress) })
  expect(moved.map(({ path }) => path)).toEqual(['people.email', 'people.salary'])
  expect(moved[0]?.rows).toBeGreaterThanOrEqual(ROWS)
  expect(seen.length).toBeGreaterThan(20)
  await expect
    .poll(async () => (await pool.query('SELECT count(*)::int AS n FROM people WHERE id > $1', [ROWS])).rows[0].n)
    .toBeGreaterThan(0)
  const written = await app.stop()
  const { rows } = await pool.query('SELECT * FROM people ORDER BY id')
  expect(rows.length).toBe(ROWS + written)
  expect(rows[6]).toEqual({ id: 7, email: 'p7@x.org', salary: '1.00' })
  const { rows: stored } = await database.plain.query('SELECT * FROM people')
  expect(Object.keys(stored[0]).sort()).toEqual(['email', 'id', 'salary'])
  expect(stored.every(({ email, salary }) => email instanceof Buffer && salary instanceof Buffer)).toBe(true)
})

it('keeps NOT NULL and uniqueness', async () => {
  await expect(pool.query('INSERT INTO people (email) VALUES ($1)', [null])).rejects.toMatchObject({ code: '23502' })
  await expect(pool.query('INSERT INTO people (email) VALUES ($1)', ['p7@x.org'])).rejects.toMatchObject({
    code: '23505',
  })
})

it('rotates while the application writes', async () => {
  const app = application()
  const rotated = await rotate(admin, encryption, { batch: 300 })
  const written = await app.stop()
  expect(written).toBeGreaterThan(0)
  expect(rotated[0]?.rows).toBeGreaterThanOrEqual(ROWS)
  const found = await verify(admin, encryption)
  expect(found.map(({ refused }) => refused)).toEqual([[], []])
  const [email] = found
  expect(email?.dataKeys.filter(({ number }) => number === 0)).toEqual([])
})

it('rotates to another CMK', async () => {
  await rotate(admin, encryption, { key: 'alias/new', only: ['people.salary'] })
  const [, salary] = await verify(admin, encryption)
  expect(salary?.dataKeys.map(({ keyId }) => keyId)).toEqual(['arn:aws:kms:local-1:000000000001:key/alias/new'])
})

it('finds a cell that was put into another row or damaged', async () => {
  await database.plain.query(
    'UPDATE people SET salary = set_byte(salary, 50, (get_byte(salary, 50) + 1) % 256) WHERE id = 3',
  )
  const [, salary] = await verify(admin, encryption, { only: ['people.email', 'people.salary'] })
  expect(salary?.refused.length).toBe(1)
  await expect(pool.query('SELECT salary FROM people WHERE id = 3')).rejects.toMatchObject({
    code: 'DecryptionFailed',
    table: 'people',
    column: 'salary',
  })
  await pool.query('UPDATE people SET salary = $1 WHERE id = 3', ['0.43'])
})

it('goes back to plaintext while the application writes', async () => {
  const app = application()
  await revert(admin, encryption, { batch: 500 })
  await app.stop()
  const { rows } = await database.plain.query('SELECT * FROM people WHERE id = 7')
  expect(rows).toEqual([{ id: 7, email: 'p7@x.org', salary: '1.00' }])
  expect((await pool.query('SELECT * FROM people WHERE email = $1', ['p7@x.org'])).rows).toEqual(rows)
})

it('is seen as of one moment by who reads the catalogue while it commits', async () => {
  const { plain, config } = await testDatabase()
  const own = defineEncryption({ kms: unsafeKeys(), columns: { 'notes.text': { key: 'alias/app', type: 'text' } } })
  const client = new pg.Client(config)
  await client.connect()
  await client.query('CREATE TABLE notes (id serial PRIMARY KEY, text text)')
  await apply(client, own)
  await backfill(client, own)
  let moves = 0
  const query = async (text: string) => {
    if (text.includes('pg_get_viewdef') && moves++ === 0) await revert(client, own)
    return plain.query(text)
  }
  const catalogue = await loadCatalogue({ query } as Pick<pg.Client, 'query'>, own.columns)
  expect(moves).toBe(2)
  const { rows } = await plain.query('SELECT generation FROM hufu.state')
  expect(catalogue.generation).toBe(rows[0].generation)
  expect(catalogue.encrypted).toEqual([])
  await client.end()
})
