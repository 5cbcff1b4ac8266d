import { HufuError } from '@hufu/wire'
import type { Encryption } from '../definition/define-encryption.ts'
import { locatedColumns } from './located-columns.ts'
import type { MigrationDatabase, MigrationOptions } from './session.ts'
import { wanted } from './session.ts'

export interface Shredded {
  readonly path: string
  /** Data keys and index keys that are gone. */
  readonly keys: number
}

/** Destroys the data keys of one tenant in every column that has tenants: its cells open nowhere any more. */
export async function shred(
  database: MigrationDatabase,
  encryption: Encryption,
  tenant: string,
  options: MigrationOptions = {},
): Promise<Shredded[]> {
  if (tenant === '') throw new HufuError('InvalidParameter', 'expected the name of a tenant')
  const shredded: Shredded[] = []
  for (const column of await locatedColumns(database, 'encrypted', 'revert', 'backfill')) {
    if (column.tenant === null || !wanted(options, column.path)) continue
    const gone = 'SET wrapped = NULL, shredded_at = now() WHERE wrapped IS NOT NULL AND tenant = $1'
    const cells = await database.query(`UPDATE hufu.data_keys ${gone} AND column_id = $2`, [tenant, column.id])
    const indexes = await database.query(`UPDATE hufu.index_keys ${gone} AND group_name = $2`, [tenant, column.group])
    shredded.push({ path: column.path, keys: (cells.rowCount ?? 0) + (indexes.rowCount ?? 0) })
  }
  encryption.forgetKeys()
  return shredded
}
