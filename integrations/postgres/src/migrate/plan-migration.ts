import { z } from 'zod'
import { columnOf } from '../catalogue/check-declaration.ts'
import type { ColumnDeclaration } from '../definition/column-declaration.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import { columnType } from '../value/column-type.ts'
import type { MigrationDatabase } from './session.ts'
import { emptyColumnSteps, shadowColumnSteps } from './steps.ts'
import { findColumn, type TableColumn } from './table.ts'

/** What `apply` would do to one column, and what will be different afterwards. */
export interface Planned {
  readonly path: string
  readonly state: 'encrypted' | 'empty' | 'filled'
  /** The statements in order; ids are drawn anew when they are run. */
  readonly sql: readonly string[]
  /** What the database can no longer do, or the application must no longer ask. */
  readonly breaks: readonly string[]
}

/** Looks at every declared column and changes nothing. */
export async function planMigration(database: MigrationDatabase, encryption: Encryption): Promise<Planned[]> {
  const planned: Planned[] = []
  for (const [path, declared] of Object.entries(encryption.columns)) {
    const found = await findColumn(database, path)
    const steps =
      found.id !== null ? [] : found.empty ? emptyColumnSteps(found, declared) : shadowColumnSteps(found, declared)
    const breaks = found.id !== null ? [] : await losses(database, found, declared)
    const state = found.id !== null ? 'encrypted' : found.empty ? 'empty' : 'filled'
    planned.push({ path, state, sql: steps.map(({ sql }) => sql), breaks })
  }
  return planned
}

const dependent = z.object({ kind: z.string(), name: z.string(), text: z.string().nullable() })

const DEPENDENTS = `
SELECT 'index' AS kind, i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS text
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = $1 AND a.attname = $2
UNION ALL
SELECT 'constraint', k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey) WHERE k.conrelid = $1 AND a.attname = $2
UNION ALL
SELECT 'foreign key of another table', k.conname, k.conrelid::regclass::text
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = ANY(k.confkey) WHERE k.confrelid = $1 AND a.attname = $2
UNION ALL
SELECT 'view', r.ev_class::regclass::text, NULL
FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = $1 AND a.attname = $2 AND r.ev_class <> $1`

async function losses(database: MigrationDatabase, found: TableColumn, declared: ColumnDeclaration): Promise<string[]> {
  const { rows } = await database.query(DEPENDENTS, [found.tableOid, found.column])
  const lost = z
    .array(dependent)
    .parse(rows)
    .map(({ kind, name, text }) => `${kind} ${name}${text === null ? '' : `: ${text}`}`)
  return [...lost, ...typeLosses(found, declared), ...queryLosses(declared)]
}

function typeLosses(found: TableColumn, declared: ColumnDeclaration): string[] {
  const bare = columnType(found.type)
  const messages: string[] = []
  if (found.defaultText !== null) messages.push(`the default ${found.defaultText}: the application must give the value`)
  if (bare === undefined) messages.push(`the limit of ${found.type}: cells have no length to check`)
  else if (bare !== declared.type && found.type !== 'bytea')
    messages.push(`the type ${found.type}: declared is ${declared.type.name}`)
  if (!found.empty) messages.push('the place of the column among its table: name the columns in INSERT')
  return messages
}

function queryLosses(declared: ColumnDeclaration): string[] {
  const like = declared.search.includes('prefix') ? 'LIKE with other patterns than abc%' : 'LIKE'
  const common = `${like}, ranges, ORDER BY, min, max, functions and casts on the column are refused`
  const equality = declared.search.includes('equality')
    ? []
    : ['equality, DISTINCT and GROUP BY on the column are refused']
  const tenant = columnOf(declared.tenant)
  return [
    common,
    ...equality,
    ...(tenant === null ? [] : [`statements on the column that do not fix ${tenant} are refused`]),
  ]
}
