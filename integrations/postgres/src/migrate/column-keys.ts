import { z } from 'zod'
import { locatedColumns } from './located-columns.ts'
import type { MigrationDatabase } from './session.ts'

/** Which CMKs an encrypted column depends on, each named by ARN or as it was declared. */
export interface ColumnKeys {
  readonly path: string
  /** `DATABASE/COLUMN-ID`. */
  readonly resource: string
  /** Keys without which it is not written, read or searched. */
  readonly used: readonly string[]
  /** Those, and the keys of data keys that were retired. */
  readonly known: readonly string[]
}

const row = z.object({ resource: z.string(), used: z.array(z.string()), known: z.array(z.string()) })

const KEYS = `
WITH searched AS (
  SELECT i.key_id FROM hufu.index_keys i JOIN hufu.columns h ON h.group_name = i.group_name
  WHERE h.id = $1 AND i.wrapped IS NOT NULL AND (h.search <> '{}' OR h.is_unique)
), declared AS (SELECT key AS key_id FROM hufu.columns WHERE id = $1),
data AS (SELECT key_id, retired_at FROM hufu.data_keys WHERE column_id = $1 AND wrapped IS NOT NULL)
SELECT current_database() || '/' || $1::text AS resource,
  array(SELECT key_id FROM declared UNION SELECT key_id FROM searched UNION SELECT key_id FROM data WHERE retired_at IS NULL) AS used,
  array(SELECT key_id FROM declared UNION SELECT key_id FROM searched UNION SELECT key_id FROM data) AS known`

/** The keys of every column that is encrypted, or on its way there or back. None before the first `apply`. */
export async function columnKeys(database: MigrationDatabase): Promise<ColumnKeys[]> {
  const { rows } = await database.query("SELECT to_regclass('hufu.columns') IS NOT NULL AS applied")
  if (!z.tuple([z.object({ applied: z.boolean() })]).parse(rows)[0].applied) return []
  const found: ColumnKeys[] = []
  for (const { id, path } of await locatedColumns(database, 'backfill', 'encrypted', 'revert')) {
    const keys = await database.query(KEYS, [id])
    found.push({ path, ...row.parse(keys.rows[0]) })
  }
  return found
}
