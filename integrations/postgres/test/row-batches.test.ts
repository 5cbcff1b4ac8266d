import { beforeAll, beforeEach, expect, it } from 'vitest'
import { type BatchQuery, type BatchRow, places, rowBatches } from '../src/migrate/row-batches.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'

let database: TestDatabase

const query = (table: string): BatchQuery =>
  ({
    column: { tableText: table, tenant: null, row: null },
    value: 'id::text',
    where: 'NOT done',
  }) as unknown as BatchQuery

const insert = (count: number) =>
  database.plain.query('INSERT INTO work SELECT nextval($1), false FROM generate_series(1, $2::int)', ['ids', count])

const finish = (table: string, rows: readonly BatchRow[]) =>
  database.plain.query(
    `UPDATE ${table} t SET done = true FROM unnest($1::oid[], $2::tid[]) AS b(stands, place) WHERE t.tableoid = b.stands AND t.ctid = b.place`,
    places(rows),
  )

beforeAll(async () => {
  database = await testDatabase()
  await database.plain.query('CREATE SEQUENCE ids; CREATE TABLE work (id int, done boolean)')
})
beforeEach(() => database.plain.query('TRUNCATE work'))

it('ends when few are left, though others write as fast as the rows are done', async () => {
  await insert(100)
  let batches = 0
  for await (const rows of rowBatches(database.plain, query('work'), { batch: 10 }, 'few are left')) {
    await finish('work', rows)
    await insert(rows.length)
    batches++
  }
  expect(batches).toBeLessThan(50)
  const { rows } = await database.plain.query('SELECT count(*)::int AS left FROM work WHERE NOT done')
  expect(rows).toEqual([{ left: 100 }])
})

it('ends when few are left, though others write a little with every batch', async () => {
  await insert(1000)
  for await (const rows of rowBatches(database.plain, query('work'), { batch: 10 }, 'few are left')) {
    await finish('work', rows)
    await insert(1)
  }
  const { rows } = await database.plain.query('SELECT count(*)::int AS left FROM work WHERE NOT done')
  expect(rows[0].left).toBeLessThanOrEqual(10)
})

it('does all where nobody else writes, rows that fail to be done at first too', async () => {
  await insert(95)
  let passes = 0
  for await (const rows of rowBatches(database.plain, query('work'), { batch: 10 })) {
    if (rows[0]?.value === undefined) throw new Error('expected a row')
    await finish('work', rows.slice(0, passes++ < 3 ? 5 : rows.length))
  }
  const { rows } = await database.plain.query('SELECT count(*)::int AS left FROM work WHERE NOT done')
  expect(rows).toEqual([{ left: 0 }])
})

it('meets every row of every partition once in a pass', async () => {
  await database.plain.query(
    'CREATE TABLE parts (id int, done boolean) PARTITION BY HASH (id); ' +
      [0, 1, 2]
        .map((i) => `CREATE TABLE p${i} PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER ${i})`)
        .join('; '),
  )
  await database.plain.query('INSERT INTO parts SELECT i, false FROM generate_series(1, 500) i')
  const seen: string[] = []
  for await (const rows of rowBatches(database.plain, query('parts'), { batch: 7 })) {
    seen.push(...rows.map(({ value }) => value))
    await finish('parts', rows)
  }
  expect(seen.sort()).toEqual(Array.from({ length: 500 }, (_, i) => String(i + 1)).sort())
})
