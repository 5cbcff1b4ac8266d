import { z } from 'zod'
import { hexBytes } from '../cell/read-rows.ts'
import { sealCell } from '../cell/seal-cell.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import { type Keyring, NEWEST_LIFE } from '../keys/keyring.ts'
import { quoteName } from '../plan/index-text.ts'
import { openRow } from './cell-row.ts'
import { locatedColumns } from './located-columns.ts'
import { type BatchQuery, type BatchRow, countRows, places } from './row-batches.ts'
import {
  type Located,
  type MigrationDatabase,
  type MigrationOptions,
  migrationKeys,
  prepareSession,
  wanted,
} from './session.ts'
import { workThrough } from './work-through.ts'

export interface RotateOptions extends MigrationOptions {
  /** Another CMK for the new data keys. */
  readonly key?: string
  /** Goes on with the data keys of an interrupted rotation, instead of making new ones. */
  readonly resume?: boolean
  /** Destroys data keys that were retired an hour ago or earlier and that no cell needs: older copies then open nowhere. */
  readonly destroyOld?: boolean
}

export interface Rotated {
  readonly path: string
  readonly rows: number
}

/** Milliseconds after which every process seals under the new keys. */
const OTHERS_KNOW = 2 * NEWEST_LIFE

/** Makes new data keys and seals every cell anew under them, while others write. Stopped, it is resumed. */
export async function rotate(
  database: MigrationDatabase,
  encryption: Encryption,
  options: RotateOptions = {},
): Promise<Rotated[]> {
  await prepareSession(database)
  const keys = migrationKeys(database, encryption)
  const rotated: Rotated[] = []
  for (const found of await locatedColumns(database, 'encrypted')) {
    if (!wanted(options, found.path)) continue
    const column = options.key === undefined ? found : { ...found, key: options.key }
    if (options.resume) await retireOlder(database, column)
    else await renewKeys(database, column, keys)
    const early = await rotateColumn(database, column, keys, options)
    await new Promise((resolve) => setTimeout(resolve, OTHERS_KNOW))
    const late = await rotateColumn(database, column, keys, options)
    if (options.destroyOld) await destroyRetired(database, column)
    rotated.push({ path: column.path, rows: early + late })
  }
  return rotated
}

/** A new data key for every tenant that has one, and the old ones retired: nobody seals under them any more. */
async function renewKeys(database: MigrationDatabase, column: Located, keys: Keyring): Promise<void> {
  await database.query('UPDATE hufu.columns SET key = $2 WHERE id = $1', [column.id, column.key])
  const { rows } = await database.query(
    'SELECT DISTINCT tenant FROM hufu.data_keys WHERE column_id = $1 AND shredded_at IS NULL',
    [column.id],
  )
  for (const { tenant } of z.array(z.object({ tenant: z.string() })).parse(rows)) {
    const { number } = await keys.renew(column, tenant)
    await database.query(
      'UPDATE hufu.data_keys SET retired_at = now() WHERE column_id = $1 AND tenant = $2 AND number < $3 AND retired_at IS NULL',
      [column.id, tenant, number],
    )
  }
}

/** What a rotation that was killed between a new key and the retiring of the old ones has left undone. */
async function retireOlder(database: MigrationDatabase, { id }: Located): Promise<void> {
  await database.query(
    `UPDATE hufu.data_keys old SET retired_at = now() WHERE column_id = $1 AND retired_at IS NULL AND number <
(SELECT max(number) FROM hufu.data_keys WHERE column_id = $1 AND tenant = old.tenant AND retired_at IS NULL AND shredded_at IS NULL)`,
    [id],
  )
}

async function rotateColumn(
  database: MigrationDatabase,
  column: Located,
  keys: Keyring,
  options: RotateOptions,
): Promise<number> {
  const rows = (batch: readonly BatchRow[]) => resealRows(database, column, batch, keys)
  return workThrough(database, underRetired(column, RETIRED), options, { step: 'rotate', until: 'none is left', rows })
}

const RETIRED = 'retired_at IS NOT NULL'

/** The cells that stand under data keys of which the condition is true. */
function underRetired(column: Located, condition: string): BatchQuery {
  const name = quoteName(column.column)
  const numberAt = column.search.includes('equality') ? 34 : 18
  const keys = `SELECT substr(int8send(number), 5, 4) FROM hufu.data_keys WHERE column_id = $1 AND ${condition}`
  return {
    column,
    value: `${name}::text`,
    where: `${name} IS NOT NULL AND substr(${name}, ${numberAt}, 4) IN (${keys})`,
    values: [column.id],
  }
}

/** Under a lock that lets nobody write: what no cell needs then, no cell will need. */
async function destroyRetired(database: MigrationDatabase, column: Located): Promise<void> {
  const old = "retired_at < now() - interval '1 hour'"
  await database.query('BEGIN')
  try {
    await database.query(`LOCK TABLE ${column.tableText} IN SHARE MODE`)
    if ((await countRows(database, underRetired(column, old))) === 0)
      await database.query(
        `UPDATE hufu.data_keys SET wrapped = NULL, shredded_at = now() WHERE column_id = $1 AND ${old}`,
        [column.id],
      )
    await database.query('COMMIT')
  } catch (error) {
    await database.query('ROLLBACK')
    throw error
  }
}

/** Stores new cells where the old ones still stand. */
async function resealRows(
  database: MigrationDatabase,
  column: Located,
  rows: readonly BatchRow[],
  keys: Keyring,
): Promise<number> {
  const cells: Buffer[] = []
  for (const row of rows) {
    const { text } = await openRow(column, row, keys)
    cells.push(await sealCell(column, text, row.tenant ?? '', row.row, keys))
  }
  const name = quoteName(column.column)
  const { rowCount } = await database.query(
    `UPDATE ${column.tableText} t SET ${name} = b.cell
FROM unnest($1::oid[], $2::tid[], $3::bytea[], $4::bytea[]) AS b(stands, place, old, cell)
WHERE t.tableoid = b.stands AND t.ctid = b.place AND t.${name} = b.old`,
    [...places(rows), rows.map(({ value }) => hexBytes(value)), cells],
  )
  return rowCount ?? 0
}
