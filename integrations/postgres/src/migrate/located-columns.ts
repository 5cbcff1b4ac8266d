import { z } from 'zod'
import { searches } from '../definition/column-declaration.ts'
import { quoteName } from '../plan/index-text.ts'
import { columnType } from '../value/column-type.ts'
import type { Located, MigrationDatabase } from './session.ts'

const row = z.object({
  id: z.string(),
  type: z.string(),
  key: z.string(),
  search: z.array(z.enum(searches)),
  caseInsensitive: z.boolean(),
  unique: z.boolean(),
  group: z.string(),
  tenant: z.string().nullable(),
  row: z.string().nullable(),
  plainType: z.string(),
  phase: z.enum(['backfill', 'encrypted', 'revert']),
  schema: z.string(),
  table: z.string(),
  column: z.string(),
})

const COLUMNS = `
SELECT replace(h.id::text, '-', '') AS id, h.type, h.key, h.search, h.case_insensitive AS "caseInsensitive", h.is_unique AS "unique",
  h.group_name AS "group", h.tenant, h.row_column AS "row", h.plain_type AS "plainType", h.phase,
  n.nspname AS schema, c.relname AS table, a.attname AS column
FROM hufu.columns h
JOIN pg_constraint k ON k.conname = 'hufu_cell_' || replace(h.id::text, '-', '') AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = k.conrelid)
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
WHERE h.phase = ANY($1)
ORDER BY n.nspname, c.relname, a.attname`

/** The columns of cells in these phases, by the names that they have now. */
export async function locatedColumns(
  database: MigrationDatabase,
  ...phases: ('backfill' | 'encrypted' | 'revert')[]
): Promise<Located[]> {
  const { rows } = await database.query(COLUMNS, [phases])
  return row.array().parse(rows).map(located)
}

function located({ type, phase, ...found }: z.output<typeof row>): Located {
  const known = columnType(type)
  if (known === undefined) throw new TypeError(`expected a known column type, received ${type}`)
  const column = phase === 'backfill' ? found.column.replace(/__hufu$/, '') : found.column
  const prefix = found.schema === 'public' ? '' : `${found.schema}.`
  return {
    ...found,
    type: known,
    path: `${prefix}${found.table}.${column}`,
    tableText: `${quoteName(found.schema)}.${quoteName(found.table)}`,
  }
}
