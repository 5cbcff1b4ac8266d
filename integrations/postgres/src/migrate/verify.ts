import { HufuError, isHufuError } from '@hufu/wire'
import { z } from 'zod'
import type { Encryption } from '../definition/define-encryption.ts'
import { quoteName } from '../plan/index-text.ts'
import { openRow } from './cell-row.ts'
import { locatedColumns } from './located-columns.ts'
import { countRows, onePass } from './row-batches.ts'
import {
  type Located,
  type MigrationDatabase,
  type MigrationOptions,
  migrationKeys,
  prepareSession,
  wanted,
} from './session.ts'

/** What was found in one column. */
export interface Verified {
  readonly path: string
  readonly cells: number
  /** Rows under each data key, and the CMK that wraps it. */
  readonly dataKeys: readonly { readonly number: number; readonly keyId: string; readonly cells: number }[]
  /** Places of rows whose cell is not authentic, or not of its row and column, or whose index is wrong. */
  readonly refused: readonly string[]
}

/** Opens every cell of every encrypted column, and checks its index, column, tenant and row. */
export async function verify(
  database: MigrationDatabase,
  encryption: Encryption,
  options: MigrationOptions = {},
): Promise<Verified[]> {
  await prepareSession(database)
  const found: Verified[] = []
  for (const column of await locatedColumns(database, 'encrypted', 'revert'))
    if (wanted(options, column.path))
      found.push(await atOneMoment(database, () => verifyColumn(database, column, encryption, options)))
  return found
}

/** Reads the table as it is when this begins: no row is missed or met twice because somebody writes it meanwhile. */
async function atOneMoment<T>(database: MigrationDatabase, read: () => Promise<T>): Promise<T> {
  await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    return await read()
  } finally {
    await database.query('ROLLBACK')
  }
}

async function verifyColumn(
  database: MigrationDatabase,
  column: Located,
  encryption: Encryption,
  options: MigrationOptions,
): Promise<Verified> {
  const keys = migrationKeys(database, encryption)
  const name = quoteName(column.column)
  const query = { column, value: `${name}::text`, where: `${name} IS NOT NULL` }
  const total = await countRows(database, query)
  const counts = new Map<number, number>()
  const refused: string[] = []
  let done = 0
  for await (const rows of onePass(database, query, options)) {
    for (const row of rows)
      try {
        const { dataKey } = await openRow(column, row, keys)
        counts.set(dataKey, (counts.get(dataKey) ?? 0) + 1)
      } catch (error) {
        if (!isHufuError(error, 'DecryptionFailed')) throw error
        refused.push(row.place)
      }
    done += rows.length
    options.onProgress?.({ path: column.path, step: 'verify', done, total })
  }
  return { path: column.path, cells: done, dataKeys: await withKeyIds(database, column, counts), refused }
}

async function withKeyIds(
  database: MigrationDatabase,
  column: Located,
  counts: ReadonlyMap<number, number>,
): Promise<Verified['dataKeys']> {
  const { rows } = await database.query(
    'SELECT number::int AS number, key_id AS "keyId" FROM hufu.data_keys WHERE column_id = $1',
    [column.id],
  )
  const known = new Map(
    z
      .array(z.object({ number: z.number(), keyId: z.string() }))
      .parse(rows)
      .map(({ number, keyId }) => [number, keyId]),
  )
  return [...counts].map(([number, cells]) => {
    const keyId = known.get(number)
    if (keyId === undefined) throw new HufuError('Internal', `data key ${number} of ${column.path} is gone`)
    return { number, keyId, cells }
  })
}
