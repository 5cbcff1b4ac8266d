import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { beforeAll, expect, it } from 'vitest'
import { apply, defineEncryption, encryptedPool, verify } from '../src/index.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

/** Kills of each kind; HUFU_KILLS=100 in the long run. The killed process runs the built package. */
const KILLS = Number(process.env.HUFU_KILLS ?? 6)
/** More than all kills of a backfill, seven batches of 20 at most, can get through. */
const ROWS = Math.max(1500, KILLS * 140)

const key = randomBytes(32)
const encryption = defineEncryption({
  kms: unsafeKeys(key),
  columns: { 'people.email': { key: 'alias/app', type: 'text', search: ['equality'] } },
})
let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
  await database.plain.query('CREATE TABLE people (id serial PRIMARY KEY, email text)')
  await database.plain.query(`INSERT INTO people (email) SELECT 'p' || i FROM generate_series(1, ${ROWS}) i`)
})

/** Runs the work in a process of its own and kills it after so many batches. True when it ended before. */
function killedAfter(work: string, batches: number): Promise<boolean> {
  const { port, database: name } = database.config
  const child = join(import.meta.dirname, 'support/kill-child.mjs')
  const running = fork(child, [work, String(port), name, key.toString('hex')], { execArgv: [] })
  let left = batches
  return new Promise((resolve) => {
    running.on('message', () => --left === 0 && running.kill('SIGKILL'))
    running.on('exit', (code) => resolve(code === 0))
  })
}

async function everyRow(): Promise<void> {
  const pool = encryptedPool(encryption, database.config)
  const { rows } = await pool.query('SELECT id, email FROM people ORDER BY id')
  expect(rows).toEqual(Array.from({ length: ROWS }, (_, i) => ({ id: i + 1, email: `p${i + 1}` })))
  await pool.end()
}

it(`backfill and rotate are killed ${KILLS} times each: no row is lost, none is encrypted twice`, async () => {
  const admin = new pg.Client(database.config)
  await admin.connect()
  await apply(admin, encryption)
  for (let kill = 0; kill < KILLS; kill++) {
    const ended = await killedAfter('backfill', 1 + (kill % 7))
    await everyRow()
    if (ended) break
  }
  expect(await killedAfter('backfill', Number.POSITIVE_INFINITY)).toBe(true)
  await everyRow()
  for (let kill = 0; kill < KILLS; kill++) {
    await killedAfter(kill === 0 ? 'rotate' : 'resume', 1 + ((kill * 3) % 11))
    await everyRow()
  }
  expect(await killedAfter('resume', Number.POSITIVE_INFINITY)).toBe(true)
  await everyRow()
  const [found] = await verify(admin, encryption)
  expect(found).toMatchObject({ cells: ROWS, refused: [], dataKeys: [{ number: 1, cells: ROWS }] })
  await admin.end()
}, 600_000)
