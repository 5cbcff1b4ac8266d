import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineEncryption, encryptedPool } from '../src/index.ts'
import { columnType, columnTypeNames } from '../src/value/column-type.ts'
import { applyTo } from './support/apply-to.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { versions } from './support/programs.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

/** Values as an application gives them, of every type that can be declared; the first is searched for. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  text: ['naïve 虎符 🐯', '', "it's \\x41", ' padded '],
  smallint: [-32768, 32767, '7'],
  integer: [-2147483648, 2147483647, '0012'],
  bigint: ['-9223372036854775808', 9007199254740991n, 5],
  numeric: ['12345678901234567890.0100', '-0', 'NaN', 1.5, '1e3'],
  'double precision': [0.1, -0, 1e308, 'Infinity', 'NaN', 5e-324],
  boolean: [true, false, 't', 'off'],
  date: ['2026-02-28', '0044-03-15', 'infinity', new Date(Date.UTC(2020, 1, 29))],
  timestamp: ['2026-02-28 23:59:59.123456', '1969-12-31 23:59:59', '-infinity'],
  timestamptz: ['2026-02-28 23:59:59.5+08', new Date(86_400_000), 'infinity'],
  json: [{ a: [1, null, 'x'] }, '{"b":  2}', 'null'],
  jsonb: [{ b: 2, a: [1, null] }, '{"b":  2, "a": 1, "b": 3}', '"text"'],
  bytea: [Buffer.from([0, 255, 92]), Buffer.alloc(0), '\\xdeadbeef'],
  uuid: ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{00000000-0000-0000-0000-000000000000}'],
  'text[]': [['a', null, 'b "c", d'], [], ['{}']],
  'smallint[]': [[1, -2, null], []],
  'integer[]': [[1, 2147483647], '{3,NULL}'],
  'bigint[]': [['9223372036854775807', 1], []],
  'numeric[]': [['1.50', 'NaN'], []],
  'boolean[]': [[true, false, null], []],
  'uuid[]': [['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], []],
}

it('has values of every type that can be declared', () => {
  expect(Object.keys(values).sort()).toEqual([...columnTypeNames].sort())
})

describe.each(versions)('types on PostgreSQL %i', (version) => {
  const columnOf = (type: string) => `c_${type.replaceAll(/\W+/g, '_')}`
  const searchable = columnTypeNames.filter((name) => columnType(name)?.equalText !== undefined)
  const encryption = defineEncryption({
    kms: unsafeKeys(),
    columns: Object.fromEntries(
      columnTypeNames.map((name) => [
        `secret.${columnOf(name)}`,
        { key: 'alias/app', type: name, search: searchable.includes(name) ? ['equality'] : [] },
      ]),
    ) as Parameters<typeof defineEncryption>[0]['columns'],
  })
  let database: TestDatabase
  let pool: pg.Pool

  beforeAll(async () => {
    database = await testDatabase({ version })
    const columns = columnTypeNames.map((name) => `${columnOf(name)} ${name}`).join(', ')
    for (const table of ['plain', 'secret'])
      await database.plain.query(`CREATE TABLE ${table} (id serial PRIMARY KEY, ${columns})`)
    await applyTo(database.plain, encryption)
    pool = encryptedPool(encryption, database.config)
  })
  afterAll(() => pool?.end())

  it.each(Object.entries(values))('%s comes back as from a plain column', async (type, given) => {
    const column = columnOf(type)
    for (const value of given) {
      const both = await Promise.all(
        ['plain', 'secret'].map((table) =>
          pool.query(`INSERT INTO ${table} (${column}) VALUES ($1) RETURNING ${column} AS value`, [value]),
        ),
      )
      const [plain, secret] = both
      expect(secret?.rows, `${type} ${String(value)}`).toEqual(plain?.rows)
      expect(secret?.fields.map(({ dataTypeID }) => dataTypeID)).toEqual(plain?.fields.map((field) => field.dataTypeID))
    }
    const stored = await database.plain.query(`SELECT ${column} AS cell FROM secret WHERE ${column} IS NOT NULL`)
    expect(stored.rows.length).toBe(given.length)
    expect(stored.rows.every(({ cell }) => Buffer.isBuffer(cell) && (cell[0] ?? 0) >= 0xf8)).toBe(true)
  })

  it.each(searchable)('%s is found by equality as in a plain column', async (type) => {
    const column = columnOf(type)
    for (const value of values[type] ?? []) {
      const found = async (table: string) =>
        (await pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE ${column} = $1`, [value])).rows
      const rows = await found('secret')
      expect(rows, `${type} ${String(value)}`).toEqual(await found('plain'))
      expect(rows[0].n).toBeGreaterThan(0)
    }
  })
})
