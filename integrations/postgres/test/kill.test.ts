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
/** More than all kills of a backfill get through in batches of 20, nearly always. */
const ROWS = Math.max(1500, KILLS * 300)
/** Milliseconds within which the kill comes after a batch: about four batches, so that it meets any step of one. */
const WITHIN = 20

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

/** Runs the work in a process of its own and kills it at random, after so many batches. True when it ended before. */
function killedAfter(work: string, batches: number): Promise<boolean> {
  const { port, database: name } = database.config
  const child = join(import.meta.dirname, 'support/kill-child.mjs')
  const running = fork(child, [work, String(port), name, key.toString('hex')], { execArgv: [] })
  let left = batches
  return new Promise((resolve) => {
    running.on('message', () => --left === 0 && setTimeout(() => running.kill('SIGKILL'), WITHIN * Math.random()))
    running.on('exit', (code) => resolve(code === 0))
  })
}

async function everyRow(): Promise<void> {
  const pool = encryptedPool(encryption, database.config)
  const { rows } = await pool.query('SELECT id, email FROM people ORDER BY id')
  expect(rows).toEqual(Array.from({ length: ROWS }, (_, i) => ({ id: i + 1, email: `p${i + 1}` })))
  await pool.end()
}

it(
  `backfill and rotate are killed ${KILLS} times each: no row is lost, none is encrypted twice`,
  async () => {
    const admin = new pg.Client(database.config)
    await admin.connect()
    await apply(admin, encryption)
    const made = { backfill: 0, rotate: 0 }
    for (let ended = false; !ended && made.backfill < KILLS; ) {
      ended = await killedAfter('backfill', 1 + (made.backfill % 7))
      if (!ended) made.backfill++
      await everyRow()
    }
    expect(await killedAfter('backfill', Number.POSITIVE_INFINITY)).toBe(true)
    await everyRow()
    for (let ended = true; made.rotate < KILLS; ) {
      ended = await killedAfter(ended ? 'rotate' : 'resume', 1 + ((made.rotate * 3) % 11))
      if (!ended) made.rotate++
      await everyRow()
    }
    expect(await killedAfter('resume', Number.POSITIVE_INFINITY)).toBe(true)
    await everyRow()
    const [found] = await verify(admin, encryption)
    expect(found).toMatchObject({ cells: ROWS, refused: [], dataKeys: [{ cells: ROWS }] })
    await admin.end()
    console.info(`killed ${made.backfill} times in backfill, ${made.rotate} in rotate, ${ROWS} rows`)
  },
  600_000 + KILLS * 30_000,
)
