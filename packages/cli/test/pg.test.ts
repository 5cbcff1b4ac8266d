import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../integrations/postgres/test/support/database.ts'
import { command, hufu, RunningKms } from './support/hufu.ts'

const ROWS = 700
const kms = new RunningKms()
const dir = mkdtempSync(join(tmpdir(), 'hufu-cli-pg-'))
const config = join(dir, 'columns.json')
let database: TestDatabase
let url: string

const columns = {
  'users.email': { key: 'alias/app', type: 'text', search: ['equality'] },
  'users.card': { key: 'alias/app', type: 'text', tenant: 'users.org' },
}

/** What `hufu pg …` does with the database, as it is typed. */
const pg = (...args: string[]) => hufu(['pg', ...args, '--config', config, '--database', url, '--data', kms.data])

/** The rows that it printed, a line of JSON each. */
async function pgJson(...args: string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await pg(...args, '--json')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return jsonLines(stdout)
}

const jsonLines = (stdout: Buffer): Record<string, unknown>[] =>
  stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

beforeAll(async () => {
  await kms.start()
  await kms.json('key', 'create', '--alias', 'alias/app')
  await kms.json('key', 'create', '--alias', 'alias/other')
  database = await testDatabase()
  const { user, host, port, database: name } = database.config
  url = `postgres://${user}:unused@${host}:${port}/${name}`
  writeFileSync(config, JSON.stringify({ columns }))
  await database.plain.query('CREATE TABLE users (id int PRIMARY KEY, org text NOT NULL, email text, card text)')
  await database.plain.query(
    `INSERT INTO users SELECT i, 'org' || i % 2, 'u' || i || '@x.org', 'card ' || i FROM generate_series(1, ${ROWS}) i`,
  )
})
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

const everything = async () => (await database.plain.query('SELECT * FROM users ORDER BY id')).rows

describe('a table with rows, from plaintext to cells and back', () => {
  it('plans: prints SQL, changes nothing', async () => {
    const { code, stdout } = await pg('plan')
    expect(code).toBe(0)
    expect(stdout.toString()).toMatch(/ALTER TABLE "public"\."users" ADD COLUMN "email__hufu" bytea;/)
    const { rows } = await database.plain.query("SELECT count(*)::int AS n FROM pg_namespace WHERE nspname = 'hufu'")
    expect(rows).toEqual([{ n: 0 }])
  })

  it('applies, backfills, verifies', async () => {
    expect(await pgJson('apply')).toEqual([
      { path: 'users.email', state: 'backfill' },
      { path: 'users.card', state: 'backfill' },
    ])
    expect(await pgJson('backfill', '--batch', '200', '--pause', '1', '--column', 'users.card')).toEqual([
      { path: 'users.card', rows: ROWS },
    ])
    expect(await pgJson('backfill')).toEqual([{ path: 'users.email', rows: ROWS }])
    const rows = await everything()
    expect(rows.every(({ email, card }) => Buffer.isBuffer(email) && Buffer.isBuffer(card))).toBe(true)
    expect(await pgJson('verify')).toMatchObject([
      { path: 'users.card', cells: ROWS, refused: [] },
      { path: 'users.email', cells: ROWS, refused: [] },
    ])
  })

  it('rotates to another key', async () => {
    const { keyId } = await kms.json('key', 'describe', 'alias/other')
    expect(await pgJson('rotate', '--key', 'alias/other', '--column', 'users.email')).toEqual([
      { path: 'users.email', rows: ROWS },
    ])
    const found = JSON.stringify(await pgJson('verify', '--column', 'users.email'))
    expect(found).toContain(String(keyId))
  })

  it('says with its exit code that a cell is damaged, and where', async () => {
    await database.plain.query('UPDATE users SET email = set_byte(email, 60, 255 - get_byte(email, 60)) WHERE id = 5')
    const { code, stdout } = await pg('verify', '--json', '--column', 'users.email')
    expect(code).toBe(7)
    expect(jsonLines(stdout)[0]?.refused).toHaveLength(1)
    await database.plain.query('UPDATE users SET email = NULL WHERE id = 5')
  })

  it('shreds a tenant, and only that', async () => {
    expect(await pgJson('shred', 'org1')).toMatchObject([{ path: 'users.card' }])
    const { code, stdout } = await pg('verify', '--json', '--column', 'users.card')
    expect(code).toBe(7)
    expect(jsonLines(stdout)[0]?.refused).toHaveLength(ROWS / 2)
    await database.plain.query("DELETE FROM users WHERE org = 'org1'")
  })

  it('goes back to plaintext', async () => {
    expect(await pgJson('revert')).toEqual([
      { path: 'users.card', rows: ROWS / 2 },
      { path: 'users.email', rows: ROWS / 2 },
    ])
    expect((await everything())[0]).toEqual({ id: 2, org: 'org0', email: 'u2@x.org', card: 'card 2' })
  })
})

it('draws a bar on a terminal', async () => {
  expect(await pgJson('apply')).toHaveLength(2)
  const typed = ['pg', 'backfill', '--config', config, '--database', url, '--data', kms.data]
  const line = [process.execPath, command, ...typed].map((word) => `'${word}'`).join(' ')
  const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null'])
  expect(stdout).toMatch(/backfill users\.email \[#{30}\] 350 of 350/)
})

describe('what is wrong is said', () => {
  const refusal = async (args: readonly string[]) => {
    const { code, stderr } = await hufu(['pg', ...args])
    return `${code} ${stderr}`
  }
  const file = (text: string) => {
    const name = join(dir, 'wrong.json')
    writeFileSync(name, text)
    return name
  }

  it.each<[string, () => string[], RegExp]>([
    ['no file', () => ['plan', '--database', url], /^2 [\s\S]*--config/],
    [
      'a file that is not there',
      () => ['plan', '--config', '/nowhere.json', '--database', url],
      /^[12] [\s\S]*nowhere/,
    ],
    ['no JSON', () => ['plan', '--config', file('{'), '--database', url], /^2 [\s\S]*expected JSON/],
    ['no columns', () => ['plan', '--config', file('{}'), '--database', url], /^2 [\s\S]*columns/],
    ['no database', () => ['plan', '--config', config], /^2 [\s\S]*expected a database/],
    [
      'an unknown type',
      () => [
        'plan',
        '--config',
        file('{"columns":{"users.email":{"key":"alias/app","type":"money"}}}'),
        '--database',
        url,
      ],
      /^\d [\s\S]*money/,
    ],
    [
      'a column that is not there',
      () => ['plan', '--config', file('{"columns":{"users.no":{"key":"alias/app","type":"text"}}}'), '--database', url],
      /^\d [\s\S]*users\.no/,
    ],
    ['a batch of none', () => ['backfill', '--config', config, '--database', url, '--batch', '0'], /^2 [\s\S]*above 0/],
    [
      'a database that does not answer',
      () => ['plan', '--config', config, '--database', 'postgres://127.0.0.1:1/x'],
      /^\d [\s\S]*ECONNREFUSED/,
    ],
  ])('%s', async (_, args, expected) => {
    const text = await refusal([...args(), '--data', kms.data])
    expect(text).toMatch(expected)
    expect(text).not.toMatch(/\n {4}at /)
  })
})
