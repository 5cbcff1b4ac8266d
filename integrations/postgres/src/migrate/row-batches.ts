import { z } from 'zod'
import { between, type Located, type MigrationDatabase, type MigrationOptions } from './session.ts'

/** One row of a batch: in which table (a partition, maybe) and where there it stands, what it holds, and what its cell is bound to. */
export interface BatchRow {
  readonly table: string
  readonly place: string
  readonly value: string
  readonly tenant: string | null
  readonly row: string | null
}

const batchRow = z.object({
  table: z.string(),
  place: z.string(),
  value: z.string(),
  tenant: z.string().nullable(),
  row: z.string().nullable(),
})

/** Where the rows stand, as two arrays for the server: table and place in it. */
export const places = (rows: readonly BatchRow[]): [string[], string[]] => [
  rows.map(({ table }) => table),
  rows.map(({ place }) => place),
]

export interface BatchQuery {
  readonly column: Located
  /** SQL of the text that is read from a row. */
  readonly value: string
  /** SQL of the rows that are still to do. */
  readonly where: string
  readonly values?: readonly unknown[]
}

const BATCH = 500

/** How far to go while others write. */
export type Until =
  /** No row is left: for a table that nobody else writes to. */
  | 'none is left'
  /** Few are left, or others write as fast as is done here: who would wait for the last row then might wait for ever. */
  | 'few are left'

/**
 * The rows to do, batch after batch, pass after pass, each in the order of their place in the table and to where the
 * table ended when it began. A row that moves meanwhile (every update moves it) is met again by the next pass.
 */
export async function* rowBatches(
  database: MigrationDatabase,
  query: BatchQuery,
  options: MigrationOptions,
  until: Until = 'none is left',
): AsyncGenerator<BatchRow[]> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const found = yield* onePass(database, query, options)
    if (found === 0 || (until === 'few are left' && (found <= (options.batch ?? BATCH) || found > before / 2))) return
    before = found
  }
}

/** The rows to do from the table's beginning to where it ends now. Returns how many it found. */
export async function* onePass(
  database: MigrationDatabase,
  query: BatchQuery,
  options: MigrationOptions,
): AsyncGenerator<BatchRow[], number> {
  const size = options.batch ?? BATCH
  const end = await tableEnd(database, query.column)
  let found = 0
  for (let after = '(0,0)'; ; ) {
    await between(options)
    const rows = await readBatch(database, query, { after, before: end }, size)
    if (rows.length > 0) yield rows
    found += rows.length
    const last = rows.at(-1)
    if (rows.length < size || last === undefined) return found
    after = last.place
  }
}

/** Where rows to come will stand, at the earliest. A table with partitions has no end of its own. */
async function tableEnd(database: MigrationDatabase, { tableText }: Located): Promise<string> {
  const { rows } = await database.query(
    `SELECT '(' || CASE relkind WHEN 'p' THEN 4294967294 ELSE pg_relation_size(oid) / current_setting('block_size')::int END || ',0)' AS end
FROM pg_class WHERE oid = $1::regclass`,
    [tableText],
  )
  return z.tuple([z.object({ end: z.string() })]).parse(rows)[0].end
}

/** Places between which rows are looked for, both left out. */
interface Range {
  readonly after: string
  readonly before: string
}

/** So many rows to do of a part of the table, and those of other partitions that stand at the last one's place. */
async function readBatch(
  database: MigrationDatabase,
  query: BatchQuery,
  range: Range,
  size: number,
): Promise<BatchRow[]> {
  const { column, value, where, values = [] } = query
  const name = (of: string | null) => (of === null ? 'NULL' : `"${of.replaceAll('"', '""')}"::text`)
  const next = values.length + 1
  const { rows } = await database.query(
    `SELECT tableoid::text AS table, ctid::text AS place, ${value} AS value, ${name(column.tenant)} AS tenant, ${name(column.row)} AS row
FROM ${column.tableText} WHERE ctid > $${next}::tid AND ctid < $${next + 1}::tid AND (${where}) ORDER BY ctid FETCH FIRST ${size} ROWS WITH TIES`,
    [...values, range.after, range.before],
  )
  return batchRow.array().parse(rows)
}

export async function countRows(
  database: MigrationDatabase,
  { column, where, values = [] }: BatchQuery,
): Promise<number> {
  const { rows } = await database.query(`SELECT count(*)::int AS count FROM ${column.tableText} WHERE ${where}`, [
    ...values,
  ])
  return z.tuple([z.object({ count: z.number() })]).parse(rows)[0].count
}
