import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../integrations/postgres/test/support/database.ts'
import { hufu, RunningKms } from './support/hufu.ts'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../integrations/postgres/examples/customers')
const kms = new RunningKms()
let database: TestDatabase
let url: string

beforeAll(async () => {
  await kms.start()
  database = await testDatabase()
  const { user, host, port, database: name } = database.config
  url = `postgres://${user}:unused@${host}:${port}/${name}`
})
afterAll(() => kms[Symbol.asyncDispose]())

/** Runs the application as its page says, and gives what it printed. */
async function app(args: readonly string[], env: Record<string, string> = {}): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['main.mjs', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, DATABASE_URL: url, HUFU_DATA: kms.data, ...env },
  })
  return JSON.parse(stdout)
}

it('runs before, while and after its columns are encrypted', async () => {
  const plaintext = { PLAINTEXT: '1' }
  expect(await app(['migrate'], plaintext)).toHaveLength(2)
  const id = await app(['put', 'Ada@example.org', 'London'], plaintext)

  await kms.json('key', 'create', '--alias', 'alias/app')
  const pg = async (step: string) => {
    const config = join(folder, 'columns.json')
    const { code, stderr } = await hufu(['pg', step, '--config', config, '--database', url, '--data', kms.data])
    expect(`${code} ${stderr}`).toBe('0 ')
  }
  await pg('apply')
  expect(await app(['put', 'Grace@example.org', 'New York'])).toBeGreaterThan(Number(id))
  await pg('backfill')

  const ada = { id, email: 'Ada@example.org', address: { city: 'London' }, cents: 0 }
  expect(await app(['find', 'ada@EXAMPLE.org'])).toEqual(ada)
  await app(['order', 'ADA@example.org', '1250'])
  await app(['order', 'new@example.org', '5'])
  expect(await app(['find', 'ada@example.org'])).toEqual({ ...ada, cents: 1250 })
  expect(await app(['put', 'ada@example.org', 'Paris'])).toBe(id)
  expect(await app(['find', 'nobody@example.org'])).toBeNull()
  expect(await app(['migrate'])).toEqual([])
  const { rows } = await database.plain.query('SELECT email, address FROM customers')
  expect(rows).toHaveLength(3)
  expect(
    rows.every(({ email, address }) => Buffer.isBuffer(email) && (address === null || Buffer.isBuffer(address))),
  ).toBe(true)
}, 300_000)
