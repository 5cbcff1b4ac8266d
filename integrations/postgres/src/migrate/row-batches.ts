import { z } from 'zod'
import { between, type Located, type MigrationDatabase, type MigrationOptions } from './session.ts'

/** One row of a batch: where it stands, what it holds, and what its cell is bound to. */
export interface BatchRow {
  readonly place: string
  readonly value: string
  readonly tenant: string | null
  readonly row: string | null
}

const batchRow = z.object({
  place: z.string(),
  value: z.string(),
  tenant: z.string().nullable(),
  row: z.string().nullable(),
})

export interface BatchQuery {
  readonly column: Located
  /** SQL of the text that is read from a row. */
  readonly value: string
  /** SQL of the rows that are still to do. */
  readonly where: string
  readonly values?: readonly unknown[]
}

const BATCH = 500

/**
 * The rows to do, batch after batch, in the order of their place in the table. A row that moves meanwhile
 * (every update moves it) is met again by the next pass; the last pass finds none.
 */
export async function* rowBatches(
  database: MigrationDatabase,
  query: BatchQuery,
  options: MigrationOptions,
): AsyncGenerator<BatchRow[]> {
  const size = options.batch ?? BATCH
  let after = '(0,0)'
  let found = 0
  for (;;) {
    await between(options)
    const rows = await readBatch(database, query, after, size)
    if (rows.length > 0) yield rows
    found += rows.length
    after = rows.at(-1)?.place ?? after
    if (rows.length === size) continue
    if (found === 0) return
    after = '(0,0)'
    found = 0
  }
}

/** At most so many rows to do, from a place on. */
export async function readBatch(
  database: MigrationDatabase,
  query: BatchQuery,
  after: string,
  size: number,
): Promise<BatchRow[]> {
  const { column, value, where, values = [] } = query
  const name = (of: string | null) => (of === null ? 'NULL' : `"${of.replaceAll('"', '""')}"::text`)
  const next = values.length + 1
  const { rows } = await database.query(
    `SELECT ctid::text AS place, ${value} AS value, ${name(column.tenant)} AS tenant, ${name(column.row)} AS row
FROM ${column.tableText} WHERE ctid > $${next}::tid AND (${where}) ORDER BY ctid LIMIT ${size}`,
    [...values, after],
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
