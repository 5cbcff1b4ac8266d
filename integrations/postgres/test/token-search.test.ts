import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backfill, defineEncryption, encryptedPool, revert, verify } from '../src/index.ts'
import { prefixOf, termsOf, wordsOf } from '../src/search/terms.ts'
import { applyTo } from './support/apply-to.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

const encryption = defineEncryption({
  kms: unsafeKeys(),
  columns: {
    'people.name': { key: 'alias/app', type: 'text', search: ['equality', 'prefix'] },
    'people.title': { key: 'alias/app', type: 'text', search: ['prefix', 'words'], caseInsensitive: true },
    'people.note': { key: 'alias/app', type: 'text', search: ['words'], tenant: 'people.org' },
  },
})
const people = [
  ['Ann Weaver', 'Über die Grenzen der Messung', 'called on Monday', 1],
  ['Anna Weaver', 'ÜBER DAS WASSER', 'called on Tuesday', 1],
  ['anna w%ver', 'Wasser, wie es fließt', 'Monday, again', 2],
  ['An', 'ΟΔΟΣ', '', 1],
  ['虎符 tally', 'ΟΔΟΣΑ', '虎符', 2],
  ['Anna\\Weaver', null, null, 1],
] as const
const texts = people.map(([name]) => name)

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await testDatabase()
  await database.plain.query(
    'CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL, title text, note text, org integer, plain text)',
  )
  const insert = 'INSERT INTO people (name, title, note, org, plain) VALUES ($1, $2, $3, $4, $1)'
  for (const person of people.slice(0, 3)) await database.plain.query(insert, [...person])
  await applyTo(database.plain, encryption)
  const client = await database.plain.connect()
  await backfill(client, encryption)
  client.release()
  pool = encryptedPool(encryption, database.config)
  for (const person of people.slice(3)) await pool.query(insert, [...person])
})
afterAll(async () => {
  await pool?.end()
})

const ids = async (sql: string, ...values: unknown[]): Promise<number[]> => {
  const { rows } = await pool.query(`SELECT id FROM people WHERE ${sql} ORDER BY id`, values)
  return rows.map(({ id }) => id)
}

describe('a search by prefix', () => {
  it.each(['Ann%', 'Anna%', 'Anna W%', 'anna%', 'anna w\\%%', 'Anna\\\\%', '虎符 %', 'nobody%'])(
    'finds for %s what plain text does',
    async (pattern) => {
      expect(await ids('name LIKE $1', pattern)).toEqual(await ids('plain LIKE $1', pattern))
    },
  )

  it('finds every prefix of every value, written before and after it was encrypted', async () => {
    for (const text of texts)
      for (let size = 3; size <= Math.min(20, [...text].length); size++) {
        const pattern = `${[...text]
          .slice(0, size)
          .join('')
          .replaceAll(/[\\%_]/g, '\\$&')}%`
        expect(await ids('name ~~ $1::text', pattern)).toEqual(await ids('plain LIKE $1', pattern))
      }
  })

  it('is one condition among others, and of a count, an update and a deletion', async () => {
    expect(await ids('NOT name LIKE $1 AND (org = 1 OR name LIKE $2) AND name <> $3', 'Anna%', '虎符 %', 'An')).toEqual(
      [1, 5],
    )
    const count = await pool.query('SELECT count(*)::int AS n FROM people p WHERE p."name" LIKE $1', ['Anna%'])
    expect(count.rows).toEqual([{ n: 2 }])
    const update = await pool.query('UPDATE people SET plain = plain WHERE name LIKE $1 RETURNING name', ['Anna W%'])
    expect(update.rows).toEqual([{ name: 'Anna Weaver' }])
  })

  it('folds case where the column says so, in LIKE and ILIKE', async () => {
    for (const operator of ['LIKE', 'ILIKE'])
      for (const pattern of ['über%', 'ÜBER%']) expect(await ids(`title ${operator} $1`, pattern)).toEqual([1, 2])
    expect(await ids('title LIKE $1', 'ΟΔΟΣ%')).toEqual([4, 5])
  })

  it.each(['An%', '%nna', 'An_a%', 'Anna', `${'x'.repeat(21)}%`, 'Anna%%', 'Anna\\%'])(
    'refuses %s, which no token answers',
    async (pattern) => {
      await expect(ids('name LIKE $1', pattern)).rejects.toMatchObject({ refusal: 'Pattern', column: 'name' })
    },
  )

  it.each([
    ['name NOT LIKE $1'],
    ['name ILIKE $1'],
    ['note LIKE $1'],
    ["name LIKE $1 ESCAPE '#'"],
    ["name LIKE 'Ann%'"],
  ])('refuses %s', async (sql) => {
    await expect(ids(sql, ...(sql.includes('$1') ? ['Anna%'] : []))).rejects.toMatchObject({ code: 'NotSupported' })
  })
})

describe('a search by words', () => {
  it('finds the rows that have all of them', async () => {
    expect(await ids('hufu.words(title, $1)', 'wasser')).toEqual([2, 3])
    expect(await ids('hufu.words ( people.title , $1::text )', 'WASSER über')).toEqual([2])
    expect(await ids('org = $2 AND hufu.words(note, $1)', 'monday', 1)).toEqual([1])
    expect(await ids('org = $2 AND hufu.words(note, $1)', 'monday', 2)).toEqual([3])
    expect(await ids('org = $2 AND hufu.words(note, $1)', '虎符', 2)).toEqual([5])
  })

  it.each([
    ['Pattern', 'hufu.words(title, $1)', ['. ,']],
    ['WordSearch', 'hufu.words(name, $1)', ['ann']],
    ['Expression', "hufu.words(title, $1 || 'x')", ['ann']],
    ['TenantNeeded', 'hufu.words(note, $1)', ['monday']],
  ])('is refused as %s: %s', async (refusal, sql, values) => {
    await expect(ids(sql, ...values)).rejects.toMatchObject({ refusal })
  })

  it('finds none where the value is NULL, and says NULL', async () => {
    const { rows } = await pool.query('SELECT hufu.words(title, $1) AS found FROM people WHERE id = 6', ['wasser'])
    expect(rows).toEqual([{ found: null }])
  })
})

it('both are found by an index', async () => {
  const client = await pool.connect()
  try {
    await client.query('SET enable_seqscan = off')
    for (const [condition, value] of [
      ['name LIKE $1', 'Anna%'],
      ['hufu.words(title, $1)', 'wasser'],
    ]) {
      const { rows } = await client.query(`EXPLAIN SELECT id FROM people WHERE ${condition}`, [value])
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Bitmap Index Scan on hufu_tokens_/)
    }
  } finally {
    client.release(true)
  }
})

it('what is read is the value, and every token is verified', async () => {
  const { rows } = await pool.query('SELECT name, title FROM people WHERE id = 3')
  expect(rows).toEqual([{ name: people[2][0], title: people[2][1] }])
  const client = await database.plain.connect()
  try {
    for (const { cells, refused } of await verify(client, encryption)) {
      expect(cells).toBeGreaterThan(4)
      expect(refused).toEqual([])
    }
    await client.query('BEGIN')
    await client.query('UPDATE people SET name = set_byte(name, 60, get_byte(name, 60) # 1) WHERE id = 1')
    await client.query('COMMIT')
    const [name] = await verify(client, encryption, { only: ['public.people.name', 'people.name'] })
    expect(name?.refused).toHaveLength(1)
    await expect(pool.query('SELECT name FROM people WHERE id = 1')).rejects.toMatchObject({ code: 'DecryptionFailed' })
    await client.query('UPDATE people SET name = set_byte(name, 60, get_byte(name, 60) # 1) WHERE id = 1')
    await revert(client, encryption)
    const { rows: plain } = await client.query('SELECT name FROM people ORDER BY id')
    expect(plain.map((row) => row.name)).toEqual(texts)
  } finally {
    client.release()
  }
})

it('terms are those of the page', () => {
  const column = { search: ['prefix', 'words'] as const, caseInsensitive: false }
  expect(termsOf(column, 'Ab cd').map(({ what, text }) => `${what} ${text}`)).toEqual([
    'prefix Ab ',
    'prefix Ab c',
    'prefix Ab cd',
    'word ab',
    'word cd',
  ])
  expect(wordsOf('Fließt — e\u0301t\u00e9, été 3x')).toEqual(['fließt', 'été', '3x'])
  expect(prefixOf(column, '𝒳𝒳𝒳%')).toBe('𝒳𝒳𝒳')
})

it.each(['range', 'ore'])('a search by %s is refused with the reason', (search) => {
  const declare = () =>
    defineEncryption({
      kms: unsafeKeys(),
      columns: { 'a.b': { key: 'k', type: 'text', search: [search as 'prefix'] } },
    })
  expect(declare).toThrow(/ranges are not offered/)
})
