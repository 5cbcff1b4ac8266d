import { shadowName } from '../catalogue/load-catalogue.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import type { Keyring } from '../keys/keyring.ts'
import { quoteName } from '../plan/index-text.ts'
import { sealRow } from './cell-row.ts'
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
import { workThrough } from './work-through.ts'

export interface Moved {
  readonly path: string
  readonly rows: number
}

/**
 * Seals the plaintext of every column that `apply` made ready, while others write, and then puts the cells
 * in its place. Stopped at any moment it goes on where it was. Reads see the plaintext until the exchange
 * and the cells after it.
 */
export async function backfill(
  database: MigrationDatabase,
  encryption: Encryption,
  options: MigrationOptions = {},
): Promise<Moved[]> {
  await prepareSession(database)
  const keys = migrationKeys(database, encryption)
  const moved: Moved[] = []
  for (const column of await locatedColumns(database, 'backfill'))
    if (wanted(options, column.path))
      moved.push({ path: column.path, rows: await moveColumn(database, column, keys, options) })
  return moved
}

async function moveColumn(
  database: MigrationDatabase,
  column: Located,
  keys: Keyring,
  options: MigrationOptions,
): Promise<number> {
  const plain = column.column.replace(/__hufu$/, '')
  const query: BatchQuery = {
    column,
    value: `${quoteName(plain)}::text`,
    where: `${quoteName(plain)} IS NOT NULL AND ${quoteName(column.column)} IS NULL`,
  }
  const fill = (rows: readonly BatchRow[]) => fillCells(database, column, plain, rows, keys)
  let done = await workThrough(database, query, options, { step: 'backfill', until: 'few are left', rows: fill })
  await exchange(database, {
    column,
    from: plain,
    to: shadowName(plain),
    remaining: async () => {
      const quick = { ...options, pause: 0 }
      done += await workThrough(database, query, quick, { step: 'backfill', until: 'none is left', rows: fill })
    },
    record: { sql: "UPDATE hufu.columns SET phase = 'encrypted' WHERE id = $1", values: [column.id] },
  })
  return done
}

/** Stores the cells of rows whose plaintext is still the one that was sealed. */
async function fillCells(
  database: MigrationDatabase,
  column: Located,
  plain: string,
  rows: readonly BatchRow[],
  keys: Keyring,
): Promise<number> {
  const cells: Buffer[] = []
  for (const row of rows) cells.push(await sealRow(column, row, keys))
  const [from, to] = [quoteName(plain), quoteName(column.column)]
  const { rowCount } = await database.query(
    `UPDATE ${column.tableText} t SET ${to} = b.cell
FROM unnest($1::oid[], $2::tid[], $3::text[], $4::bytea[]) AS b(stands, place, value, cell)
WHERE t.tableoid = b.stands AND t.ctid = b.place AND t.${to} IS NULL AND t.${from}::text = b.value`,
    [...places(rows), rows.map(({ value }) => value), cells],
  )
  return rowCount ?? 0
}
