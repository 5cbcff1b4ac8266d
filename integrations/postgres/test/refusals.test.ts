import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineEncryption, encryptedPool, type Refusal, refusals } from '../src/index.ts'
import { applyTo } from './support/apply-to.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

const encryption = defineEncryption({
  kms: unsafeKeys(),
  columns: {
    'u.email': { key: 'alias/app', type: 'text', search: ['equality'], group: 'mail' },
    'u.title': { key: 'alias/app', type: 'text', search: ['prefix'] },
    'u.note': { key: 'alias/app', type: 'text' },
    'u.card': { key: 'alias/app', type: 'text', search: ['equality'], tenant: 'u.org' },
    'u.pin': { key: 'alias/app', type: 'text', row: 'u.id' },
    'o.email': { key: 'alias/app', type: 'text', search: ['equality'], group: 'mail' },
    'o.code': { key: 'alias/app', type: 'text', search: ['equality'] },
  },
})

/** Statements that must be refused; every refusal has at least one. */
const refused: Record<Refusal, readonly (readonly [sql: string, values?: readonly unknown[]])[]> = {
  AggregateFunction: [
    ['SELECT min(email) FROM u'],
    ['SELECT array_agg(email) FROM u'],
    ['SELECT ARRAY(SELECT email FROM u)'],
  ],
  AlterColumn: [
    ['ALTER TABLE u ALTER COLUMN email TYPE text'],
    ['ALTER TABLE u ADD CONSTRAINT one UNIQUE (email)'],
    ["ALTER TABLE u ALTER email SET DEFAULT 'x'"],
  ],
  AmbiguousName: [
    ['SELECT (SELECT email FROM generate_series(1, 2) AS g LIMIT 1) FROM u'],
    ['SELECT email FROM twice'],
  ],
  Case: [
    ["SELECT CASE WHEN id = 1 THEN email ELSE 'x' END FROM u"],
    ["SELECT CASE email WHEN 'x' THEN 1 END FROM u"],
    ["SELECT nullif(email, '') FROM u"],
  ],
  Cast: [['SELECT email::varchar FROM u'], ['SELECT id FROM u WHERE email = $1::varchar(2)', ['abc']]],
  Coalesce: [["SELECT coalesce(email, 'x') FROM u"], ['SELECT greatest(email, note) FROM u']],
  Copy: [['COPY u TO STDOUT'], ['COPY (SELECT email FROM u) TO STDOUT'], ['COPY u (email) FROM STDIN']],
  CopyCell: [
    ['UPDATE u SET note = email'],
    ['INSERT INTO o (email) SELECT email FROM u'],
    ['UPDATE u SET name = email'],
  ],
  CreateFrom: [
    ['CREATE TABLE copied AS SELECT email FROM u'],
    ['SELECT email INTO copied FROM u'],
    ['CREATE MATERIALIZED VIEW m AS SELECT email FROM u'],
  ],
  CreateIndex: [['CREATE INDEX ON u (email)'], ['CREATE UNIQUE INDEX ON u (lower(email))']],
  Distinct: [['SELECT DISTINCT * FROM u'], ['SELECT DISTINCT (SELECT email FROM o LIMIT 1) FROM u']],
  Expression: [
    ['SELECT id FROM u WHERE email = name'],
    ['SELECT id FROM u WHERE email = $1 || $2', ['a', 'b']],
    ['UPDATE u SET email = lower($1)', ['X']],
  ],
  Function: [
    ['SELECT lower(email) FROM u'],
    ['SELECT id FROM u WHERE length(email) > 1'],
    ['SELECT id FROM u WHERE lower(email) = $1', ['x']],
  ],
  GroupBy: [['SELECT email, count(*) FROM u GROUP BY ROLLUP (email)']],
  KeyGroup: [['SELECT 1 FROM u JOIN o ON u.email = o.code']],
  Like: [
    ["SELECT id FROM u WHERE email LIKE 'a%'"],
    ['SELECT id FROM u WHERE email ILIKE $1', ['a%']],
    ["SELECT id FROM u WHERE email ~ 'a'"],
    ["SELECT id FROM u WHERE email SIMILAR TO 'a'"],
    ['SELECT id FROM u WHERE title NOT LIKE $1', ['abc%']],
    ['SELECT id FROM u WHERE title ILIKE $1', ['abc%']],
  ],
  Literal: [
    ["SELECT id FROM u WHERE email = 'x'"],
    ["INSERT INTO u (email) VALUES ('x')"],
    ["UPDATE u SET email = 'x'"],
    ["SELECT id FROM u WHERE email IN ('x', 'y')"],
  ],
  Merge: [['MERGE INTO u USING o ON u.id = o.id WHEN MATCHED THEN DELETE']],
  NotSearchable: [
    ['SELECT id FROM u WHERE note = $1', ['x']],
    ['SELECT count(*) FROM u GROUP BY note'],
    ['SELECT DISTINCT note FROM u'],
    ['SELECT count(DISTINCT note) FROM u'],
  ],
  Operator: [["SELECT email || 'x' FROM u"], ['SELECT id FROM u WHERE email @@ $1', ['x']]],
  OrderBy: [
    ['SELECT * FROM u ORDER BY email'],
    ['SELECT email AS e FROM u ORDER BY e'],
    ['SELECT email FROM u ORDER BY 1'],
    ['SELECT row_number() OVER (ORDER BY email) FROM u'],
  ],
  ParameterCount: [['INSERT INTO u (email, name) VALUES ($1, $2)', ['x']]],
  Pattern: [
    ['SELECT id FROM u WHERE title LIKE $1', ['%abc%']],
    ['SELECT id FROM u WHERE title LIKE $1', ['ab%']],
  ],
  Prepare: [['PREPARE p AS SELECT email FROM u']],
  Range: [['SELECT id FROM u WHERE email > $1', ['x']], ["SELECT id FROM u WHERE email BETWEEN 'a' AND 'b'"]],
  RowNeeded: [['UPDATE u SET pin = $1', ['x']], ['UPDATE u SET id = 7 WHERE id = 1']],
  SetOperation: [
    ['SELECT email FROM u UNION SELECT email FROM o'],
    ['SELECT email FROM u EXCEPT SELECT email FROM o'],
    ['SELECT email FROM u UNION ALL SELECT name FROM u'],
  ],
  Star: [['SELECT * FROM (SELECT * FROM u) s']],
  Statement: [['CREATE STATISTICS s ON email, name FROM u']],
  Syntax: [['SELECT email FRM u']],
  TenantNeeded: [
    ['SELECT id FROM u WHERE card = $1', ['x']],
    ['INSERT INTO u (card) VALUES ($1)', ['x']],
    ['SELECT card, count(*) FROM u GROUP BY card'],
  ],
  Using: [['SELECT 1 FROM u JOIN o USING (email)'], ['SELECT 1 FROM u NATURAL JOIN o']],
  View: [['SELECT * FROM counted'], ['CREATE VIEW v AS SELECT email, count(*) FROM u GROUP BY email']],
  WordSearch: [['SELECT id FROM u WHERE hufu.words(title, $1)', ['x']]],
  WholeRow: [
    ['SELECT row_to_json(u) FROM u'],
    ['SELECT u FROM u'],
    ['SELECT u::text FROM u'],
    ['SELECT count(u.*) FROM u'],
  ],
}

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await testDatabase()
  await database.plain.query(`CREATE TABLE u (id serial PRIMARY KEY, email text, title text, note text, card text, pin text, name text, org integer);
CREATE TABLE o (id serial PRIMARY KEY, email text, code text);
CREATE TABLE twice (email text); CREATE SCHEMA other; CREATE TABLE other.twice (email text)`)
  await applyTo(
    database.plain,
    defineEncryption({ kms: unsafeKeys(), columns: { 'public.twice.email': { key: 'alias/app', type: 'text' } } }),
  )
  await applyTo(database.plain, encryption)
  await database.plain.query(
    'CREATE VIEW counted AS SELECT count(DISTINCT email) AS n FROM u; CREATE VIEW mails AS SELECT id, email AS mail FROM u',
  )
  pool = encryptedPool(encryption, database.config)
  await pool.query('INSERT INTO u (email) VALUES ($1)', ['seen@x.org'])
})
afterAll(async () => {
  await pool?.end()
})

describe.each(Object.entries(refused))('%s', (refusal, statements) => {
  it.each(statements.map(([sql, values = []]) => ({ sql, values })))('$sql', async ({ sql, values }) => {
    const error = await pool.query(sql, [...values]).then(
      () => null,
      (reason) => reason,
    )
    expect(error, 'it was not refused').not.toBeNull()
    expect(error).toMatchObject({ code: 'NotSupported', refusal, hint: refusals[refusal as Refusal].wayOut })
  })
})

it('a view that selects a column is read like the table', async () => {
  expect((await pool.query('SELECT mail FROM mails WHERE mail = $1', ['seen@x.org'])).rows).toEqual([
    { mail: 'seen@x.org' },
  ])
})

it('docs/postgres-refusals.md is the table in the code', () => {
  const rows = Object.entries(refusals).map(
    ([name, { construct, wayOut }]) => `| \`${name}\` | ${construct} | ${wayOut} |`,
  )
  const page = readFileSync(join(import.meta.dirname, '../../../docs/postgres-refusals.md'), 'utf8')
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows)
})
