import { plainName } from '../catalogue/load-catalogue.ts'
import { hexBytes } from '../cell/read-rows.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import type { Keyring } from '../keys/keyring.ts'
import { quoteName } from '../plan/index-text.ts'
import { run } from './apply.ts'
import type { Moved } from './backfill.ts'
import { openRow } from './cell-row.ts'
import { exchange } from './exchange.ts'
import { locatedColumns } from './located-columns.ts'
import { type BatchQuery, type BatchRow, places } from './row-batches.ts'
import {
  type Located,
  type MigrationDatabase,
  type MigrationOptions,
  migrationKeys,
  prepareSession,
  wanted,
} from './session.ts'
import { generationStep, type Step, staleTrigger } from './steps.ts'
import { workThrough } from './work-through.ts'

/** Goes back to plaintext, while others write: the other way of `backfill`, and as resumable. */
export async function revert(
  database: MigrationDatabase,
  encryption: Encryption,
  options: MigrationOptions = {},
): Promise<Moved[]> {
  await prepareSession(database)
  const keys = migrationKeys(database, encryption)
  const moved: Moved[] = []
  for (const column of await locatedColumns(database, 'encrypted'))
    if (wanted(options, column.path)) await prepareColumn(database, column)
  for (const column of await locatedColumns(database, 'revert'))
    if (wanted(options, column.path))
      moved.push({ path: column.path, rows: await revertColumn(database, column, keys, options) })
  return moved
}

async function prepareColumn(database: MigrationDatabase, column: Located): Promise<void> {
  const plain = plainName(column.column)
  await run(database, [
    { sql: `ALTER TABLE ${column.tableText} ADD COLUMN ${quoteName(plain)} ${column.plainType}` },
    ...(column.type.name === 'text' ? [noCellText(column, plain)] : []),
    ...staleTrigger(column.tableText, column.id, column.column, plain, []),
    { sql: "UPDATE hufu.columns SET phase = 'revert' WHERE id = $1", values: [column.id] },
    generationStep,
  ])
}

/**
 * PostgreSQL writes bytes into a text column as hex. A writer that has not heard of the exchange would so store its
 * cells as text; the check refuses them, and the writer reads the catalogue anew.
 */
const noCellText = ({ id, tableText }: Located, plain: string): Step => ({
  sql: `ALTER TABLE ${tableText} ADD CONSTRAINT ${quoteName(`hufu_plain_${id}`)} CHECK (${quoteName(plain)} !~ '^\\\\xf[89ab][0-9a-f]*${id}')`,
})

async function revertColumn(
  database: MigrationDatabase,
  column: Located,
  keys: Keyring,
  options: MigrationOptions,
): Promise<number> {
  const [cell, plain] = [quoteName(column.column), quoteName(plainName(column.column))]
  const query: BatchQuery = { column, value: `${cell}::text`, where: `${cell} IS NOT NULL AND ${plain} IS NULL` }
  const fill = (rows: readonly BatchRow[]) => fillPlain(database, column, rows, keys)
  let done = await workThrough(database, query, options, { step: 'revert', until: 'few are left', rows: fill })
  await exchange(database, {
    column,
    from: column.column,
    to: plainName(column.column),
    remaining: async () => {
      const quick = { ...options, pause: 0 }
      done += await workThrough(database, query, quick, { step: 'revert', until: 'none is left', rows: fill })
    },
    record: {
      sql: 'WITH gone AS (DELETE FROM hufu.columns WHERE id = $1) INSERT INTO hufu.reverted (path) VALUES ($2) ON CONFLICT DO NOTHING',
      values: [column.id, `${column.schema}.${column.table}.${column.column}`],
    },
  })
  return done
}

async function fillPlain(
  database: MigrationDatabase,
  column: Located,
  rows: readonly BatchRow[],
  keys: Keyring,
): Promise<number> {
  const texts: string[] = []
  for (const row of rows) texts.push((await openRow(column, row, keys)).text)
  const [cell, plain] = [quoteName(column.column), quoteName(plainName(column.column))]
  const { rowCount } = await database.query(
    `UPDATE ${column.tableText} t SET ${plain} = b.value::${column.plainType}
FROM unnest($1::oid[], $2::tid[], $3::bytea[], $4::text[]) AS b(stands, place, cell, value)
WHERE t.tableoid = b.stands AND t.ctid = b.place AND t.${plain} IS NULL AND t.${cell} = b.cell`,
    [...places(rows), rows.map(({ value }) => hexBytes(value)), texts],
  )
  return rowCount ?? 0
}
