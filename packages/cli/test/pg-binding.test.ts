import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../integrations/postgres/test/support/database.ts'
import { hufu, RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
const dir = mkdtempSync(join(tmpdir(), 'hufu-cli-pg-binding-'))
const config = join(dir, 'columns.json')
let database: TestDatabase
let url: string

const pg = (step: string, more: readonly string[] = [], data = kms.data) =>
  hufu(['pg', step, ...more, '--config', config, '--database', url, '--data', data])

/** Runs a step that succeeds and complains of nothing. */
async function done(step: string, ...more: readonly string[]): Promise<void> {
  const { code, stderr } = await pg(step, more)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

const declare = (columns: Record<string, unknown>): void => writeFileSync(config, JSON.stringify({ columns }))
const deleted = (key: string) => hufu(['key', 'delete', key, '--data', kms.data])
const bound = { code: 6, stderr: expect.stringContaining('postgres is bound') }

beforeAll(async () => {
  await kms.start()
  database = await testDatabase()
  const { user, host, port, database: name } = database.config
  url = `postgres://${user}:unused@${host}:${port}/${name}`
})
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

it('keys of columns are not deleted before the columns need them no more', async () => {
  for (const alias of ['first', 'second', 'searched']) await kms.json('key', 'create', '--alias', alias)
  await database.plain.query('CREATE TABLE cards (id int PRIMARY KEY, card text, owner text)')
  await database.plain.query("INSERT INTO cards VALUES (1, 'card 1', 'Ada'), (2, 'card 2', 'Grace')")
  declare({
    'cards.card': { key: 'alias/first', type: 'text' },
    'cards.owner': { key: 'alias/searched', type: 'text', search: ['equality'] },
  })
  await done('apply')
  expect(await deleted('alias/first')).toMatchObject(bound)
  await done('backfill')

  await done('rotate', '--key', 'alias/second')
  expect(await deleted('alias/first')).toMatchObject({ code: 0 })
  // Its key of the index is wrapped by it, for as long as the column is searched.
  expect(await deleted('alias/searched')).toMatchObject(bound)
  expect(await deleted('alias/second')).toMatchObject(bound)

  await done('revert', '--column', 'cards.owner')
  expect(await deleted('alias/searched')).toMatchObject({ code: 0 })
  expect(await deleted('alias/second')).toMatchObject(bound)
  await done('revert')
  expect(await deleted('alias/second')).toMatchObject({ code: 0 })
  expect((await database.plain.query('SELECT * FROM cards ORDER BY id')).rows[0]).toMatchObject({ card: 'card 1' })
}, 240_000)

it('who may use keys and not bind them moves a table all the same, and is told', async () => {
  await kms.json('key', 'create', '--alias', 'unbound')
  await kms.json('user', 'create', 'mover')
  const uses = { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: '*' }
  writeFileSync(join(dir, 'uses.json'), JSON.stringify({ Version: '2012-10-17', Statement: [uses] }))
  const put = ['user', 'put-policy', 'mover', 'uses', join(dir, 'uses.json'), '--data', kms.data]
  expect(await hufu(put)).toMatchObject({ code: 0 })
  const key = await kms.json('user', 'access-key', 'create', 'mover')
  const { accessKeyId, secretAccessKey } = key
  writeFileSync(join(dir, 'credentials.json'), JSON.stringify({ ...kms.credentials, accessKeyId, secretAccessKey }), {
    mode: 0o600,
  })
  await database.plain.query('CREATE TABLE notes (id int PRIMARY KEY, note text)')
  await database.plain.query("INSERT INTO notes VALUES (1, 'a note')")
  declare({ 'notes.note': { key: 'alias/unbound', type: 'text' } })
  expect(await pg('apply', [], dir)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^hufu: BindCloudResource of alias\/unbound for the postgres \S+ failed: .+\n$/),
  })
  expect(await pg('backfill', [], dir)).toMatchObject({ code: 0, stderr: '' })
  expect(await pg('revert', [], dir)).toMatchObject({ code: 0, stderr: expect.stringContaining('UnbindCloudResource') })
  expect((await database.plain.query('SELECT * FROM notes')).rows).toEqual([{ id: 1, note: 'a note' }])
  expect(await deleted('alias/unbound')).toMatchObject({ code: 0 })
}, 240_000)
