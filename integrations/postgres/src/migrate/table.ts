import { HufuError } from '@hufu/wire'
import { z } from 'zod'
import { type ColumnPath, splitPath } from '../catalogue/column-path.ts'
import type { Database } from '../catalogue/load-catalogue.ts'
import { quoteName } from '../plan/index-text.ts'

/** A declared column as the database has it now. */
export interface TableColumn {
  readonly path: string
  /** `"schema"."table"`. */
  readonly table: string
  readonly tableOid: number
  readonly column: string
  /** The type as SQL writes it, `character varying(20)`. */
  readonly type: string
  readonly notNull: boolean
  readonly defaultText: string | null
  /** The column id of its constraint; null when it holds no cells. */
  readonly id: string | null
  readonly empty: boolean
}

const row = z.object({
  oid: z.coerce.number(),
  schema: z.string(),
  table: z.string(),
  type: z.string(),
  not_null: z.boolean(),
  default_text: z.string().nullable(),
  id: z.string().nullable(),
})

const COLUMN = `
SELECT c.oid, n.nspname AS schema, c.relname AS table, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
  pg_get_expr(d.adbin, d.adrelid) AS default_text, substr(k.conname, 11) AS id
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $2 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum] AND k.conname LIKE 'hufu\\_cell\\_%'
WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p')`

export const tableText = ({ schema, table }: ColumnPath): string =>
  schema === null ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`

/** Looks a declared column up. Throws `InvalidParameter` when there is no such column of a table. */
export async function findColumn(database: Database, path: string): Promise<TableColumn> {
  const place = splitPath(path)
  const { rows } = await database.query(COLUMN, [tableText(place), place.column])
  if (rows.length === 0) throw new HufuError('InvalidParameter', `expected a column ${path} of a table, found none`)
  const found = row.parse(rows[0])
  const table = `${quoteName(found.schema)}.${quoteName(found.table)}`
  const { rows: some } = await database.query(`SELECT 1 FROM ${table} LIMIT 1`)
  return {
    path,
    table,
    tableOid: found.oid,
    column: place.column,
    type: found.type,
    notNull: found.not_null,
    defaultText: found.default_text,
    id: found.id,
    empty: some.length === 0,
  }
}
