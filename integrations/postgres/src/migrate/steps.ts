import { randomUUID } from 'node:crypto'
import { columnOf } from '../catalogue/check-declaration.ts'
import { shadowName } from '../catalogue/load-catalogue.ts'
import { constraintName } from '../catalogue/schema-sql.ts'
import type { ColumnDeclaration } from '../definition/column-declaration.ts'
import { indexText, quoteName } from '../plan/index-text.ts'
import { tokensText } from '../plan/token-search.ts'
import { hasTokens } from '../search/terms.ts'
import type { TableColumn } from './table.ts'

/** One statement of a migration; `concurrent` ones cannot run in a transaction. */
export interface Step {
  readonly sql: string
  readonly values?: readonly unknown[]
  readonly concurrent?: boolean
}

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** What a cell of the column must begin with, so that nothing else is ever stored: kind, then the column id. */
export function cellCheck(columnId: string, column: string, indexed: boolean, tokens: boolean): string {
  const name = quoteName(column)
  const kinds = (tokens ? [0xfc, 0xfe] : [0xf8, 0xfa])
    .map((kind) => `'\\x${(kind + (indexed ? 1 : 0)).toString(16)}'`)
    .join(', ')
  return `substr(${name}, 1, 1) IN (${kinds}) AND substr(${name}, ${indexed ? 18 : 2}, 16) = '\\x${columnId}'`
}

/** Makes a bytea column one that holds cells of this id, and its index. */
export function adoptSteps(
  found: TableColumn,
  declared: ColumnDeclaration,
  id: string,
  column: string,
  concurrent: boolean,
): Step[] {
  const indexed = declared.search.includes('equality')
  const check = cellCheck(id, column, indexed, hasTokens(declared))
  const steps: Step[] = [
    { sql: `ALTER TABLE ${found.table} ADD CONSTRAINT ${quoteName(constraintName(id))} CHECK (${check})` },
  ]
  if (indexed) steps.push(indexStep(found, declared, id, column, concurrent))
  if (hasTokens(declared)) steps.push(tokenIndexStep(found, id, column, concurrent))
  return steps
}

/** Finds rows by their search tokens. */
function tokenIndexStep(found: TableColumn, id: string, column: string, concurrent: boolean): Step {
  const now = concurrent ? 'CONCURRENTLY ' : ''
  const name = quoteName(`hufu_tokens_${id.replaceAll('-', '')}`)
  const sql = `CREATE INDEX ${now}IF NOT EXISTS ${name} ON ${found.table} USING gin (${tokensText(quoteName(column))})`
  return { sql, concurrent }
}

export function indexStep(
  found: TableColumn,
  declared: ColumnDeclaration,
  id: string,
  column: string,
  concurrent: boolean,
): Step {
  const unique = declared.unique ? 'UNIQUE ' : ''
  const tenant = columnOf(declared.tenant)
  const keys = [...(tenant === null ? [] : [quoteName(tenant)]), `(${indexText(quoteName(column))})`]
  const now = concurrent ? 'CONCURRENTLY ' : ''
  return {
    sql: `CREATE ${unique}INDEX ${now}IF NOT EXISTS ${quoteName(indexName(id))} ON ${found.table} (${keys.join(', ')})`,
    concurrent,
  }
}

export const indexName = (id: string): string => `hufu_index_${id.replaceAll('-', '')}`

/** The row of the catalogue. */
export function recordStep(
  found: TableColumn,
  declared: ColumnDeclaration,
  id: string,
  phase: 'backfill' | 'encrypted',
): Step {
  const values = [
    id,
    declared.type.name,
    declared.key,
    [...declared.search],
    declared.caseInsensitive,
    declared.unique,
    declared.group ?? id,
    columnOf(declared.tenant),
    columnOf(declared.row),
    found.type === 'bytea' && declared.type.name !== 'bytea' ? declared.type.name : found.type,
    phase,
  ]
  const places = values.map((_, i) => `$${i + 1}`).join(', ')
  return {
    sql: `INSERT INTO hufu.columns (id, type, key, search, case_insensitive, is_unique, group_name, tenant, row_column, plain_type, phase) VALUES (${places})`,
    values,
  }
}

export const generationStep: Step = { sql: 'UPDATE hufu.state SET generation = generation + 1' }

/** A column without rows becomes a column of cells at once. */
export function emptyColumnSteps(found: TableColumn, declared: ColumnDeclaration): Step[] {
  const id = randomUUID()
  const column = quoteName(found.column)
  const hex = id.replaceAll('-', '')
  const retype: Step[] =
    found.type === 'bytea'
      ? []
      : [
          ...(found.defaultText === null
            ? []
            : [{ sql: `ALTER TABLE ${found.table} ALTER COLUMN ${column} DROP DEFAULT` }]),
          { sql: `ALTER TABLE ${found.table} ALTER COLUMN ${column} TYPE bytea USING NULL` },
        ]
  return [
    ...retype,
    ...adoptSteps(found, declared, hex, found.column, false),
    recordStep(found, declared, id, 'encrypted'),
    generationStep,
  ]
}

/** A column with rows gets a second one for its cells, which backfill fills and then puts in its place. */
export function shadowColumnSteps(found: TableColumn, declared: ColumnDeclaration): Step[] {
  const id = randomUUID()
  const hex = id.replaceAll('-', '')
  const shadow = shadowName(found.column)
  const bound = [columnOf(declared.tenant), columnOf(declared.row)].flatMap((name) => name ?? [])
  const [adopt, ...index] = adoptSteps(found, declared, hex, shadow, true)
  return [
    { sql: `ALTER TABLE ${found.table} ADD COLUMN ${quoteName(shadow)} bytea` },
    ...(adopt === undefined ? [] : [adopt]),
    ...staleTrigger(found.table, hex, found.column, shadow, bound),
    recordStep(found, declared, id, 'backfill'),
    generationStep,
    ...index,
  ]
}

/** Whoever writes one column makes its twin stale: the trigger drops it, and the migration makes it anew. */
export function staleTrigger(
  table: string,
  id: string,
  written: string,
  twin: string,
  bound: readonly string[],
): Step[] {
  const made = quoteName(twin)
  const changed = [written, ...bound].map(
    (name) => `NEW.${quoteName(name)}::text IS DISTINCT FROM OLD.${quoteName(name)}::text`,
  )
  const name = quoteName(`hufu_stale_${id}`)
  return [
    {
      sql: `CREATE OR REPLACE FUNCTION hufu.${name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN NEW.${made} := NULL;
  ELSIF (${changed.join(' OR ')}) AND NEW.${made} IS NOT DISTINCT FROM OLD.${made} THEN NEW.${made} := NULL;
  END IF;
  RETURN NEW;
END $$`,
    },
    { sql: `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION hufu.${name}()` },
    { sql: `COMMENT ON COLUMN ${table}.${made} IS ${quoteText(`the other form of ${written}, while hufu moves it`)}` },
  ]
}
