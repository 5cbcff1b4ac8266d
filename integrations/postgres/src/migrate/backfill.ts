import { shadowName } from '../catalogue/load-catalogue.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import type { Keyring } from '../keys/keyring.ts'
import { quoteName } from '../plan/index-text.ts'
import { sealRow } from './cell-row.ts'
import { exchange } from './exchange.ts'
import { locatedColumns } from './located-columns.ts'
import { type BatchQuery, type BatchRow, countRows, rowBatches } from './row-batches.ts'
import {
  type Located,
  type MigrationDatabase,
  type MigrationOptions,
  migrationKeys,
  prepareSession,
  wanted,
} from './session.ts'

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
  const total = await countRows(database, query)
  let done = 0
  const fill = async (rows: readonly BatchRow[]) => {
    done += await fillCells(database, column, plain, rows, keys)
    options.onProgress?.({ path: column.path, step: 'backfill', done, total })
  }
  for await (const rows of rowBatches(database, query, options)) await fill(rows)
  await exchange(database, {
    column,
    from: plain,
    to: shadowName(plain),
    remaining: async () => {
      for await (const rows of rowBatches(database, query, { ...options, pause: 0 })) await fill(rows)
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
FROM unnest($1::tid[], $2::text[], $3::bytea[]) AS b(place, value, cell)
WHERE t.ctid = b.place AND t.${to} IS NULL AND t.${from}::text = b.value`,
    [rows.map(({ place }) => place), rows.map(({ value }) => value), cells],
  )
  return rowCount ?? 0
}
