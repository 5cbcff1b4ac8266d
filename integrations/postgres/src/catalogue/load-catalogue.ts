import type { ClientBase } from 'pg'
import { z } from 'zod'
import type { ColumnDeclaration } from '../definition/column-declaration.ts'
import { searches } from '../definition/column-declaration.ts'
import { columnType } from '../value/column-type.ts'
import { Catalogue, type EncryptedColumn, type Relation } from './catalogue.ts'
import { checkDeclaration } from './check-declaration.ts'
import { splitPath } from './column-path.ts'

/** Anything that runs one statement and gives its rows: a client or a pool, without encryption. */
export type Database = Pick<ClientBase, 'query'>

const columnRow = z.object({
  id: z.uuid(),
  type: z.string(),
  key: z.string(),
  search: z.array(z.enum(searches)),
  case_insensitive: z.boolean(),
  is_unique: z.boolean(),
  group_name: z.string(),
  tenant: z.string().nullable(),
  row_column: z.string().nullable(),
  phase: z.enum(['backfill', 'encrypted', 'revert']),
})

const relationRow = z.object({
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  view: z.string().nullable(),
  columns: z.array(z.object({ name: z.string(), attnum: z.number(), type: z.number(), id: z.string().nullable() })),
})

type ColumnRow = z.output<typeof columnRow>

/** What a column of a relation is known as, by the id in its constraint. */
const RELATIONS = `
SELECT c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS view,
  json_agg(json_build_object('name', a.attname, 'attnum', a.attnum, 'type', a.atttypid::int8, 'id', substr(k.conname, 11)) ORDER BY a.attnum) AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum] AND k.conname LIKE 'hufu\\_cell\\_%'
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'hufu')
  AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'
GROUP BY c.oid, n.nspname, c.relname, c.relkind`

export type Declarations = Readonly<Record<string, ColumnDeclaration>>

/**
 * Reads the relations of the database, and which of their columns are encrypted. Checks the declarations against them.
 * It takes several queries, and what a migration commits between two of them would be half there: every migration
 * commits a new generation, so what was read within one generation is whole.
 */
export async function loadCatalogue(database: Database, declared: Declarations): Promise<Catalogue> {
  for (;;) {
    const generation = await readGeneration(database)
    const catalogue = await readCatalogue(database, declared, generation)
    if ((await readGeneration(database)) === generation) return catalogue
  }
}

/** Before the first migration. */
const NONE = -1

async function readCatalogue(database: Database, declared: Declarations, generation: number): Promise<Catalogue> {
  const applied = generation !== NONE
  const known = applied ? columnRow.array().parse((await database.query('SELECT * FROM hufu.columns')).rows) : []
  const relations = relationRow.array().parse((await database.query(RELATIONS)).rows)
  const reverted = applied ? await readReverted(database) : new Set<string>()
  const byId = new Map(known.map((row) => [row.id.replaceAll('-', ''), row]))
  const missing = Object.keys(declared)
    .map((path) => splitPath(path).table)
    .filter((table) => !relations.some(({ name }) => name === table))
  return new Catalogue(
    relations.map((relation) => relationOf(relation, byId, declared, reverted)),
    generation,
    missing,
  )
}

async function readGeneration(database: Database): Promise<number> {
  const { rows: found } = await database.query("SELECT to_regclass('hufu.columns') IS NOT NULL AS applied")
  if (!z.tuple([z.object({ applied: z.boolean() })]).parse(found)[0].applied) return NONE
  const { rows } = await database.query('SELECT generation FROM hufu.state')
  return z.tuple([z.object({ generation: z.number() })]).parse(rows)[0].generation
}

/** Columns that went back to plaintext: the declarations of running applications may still name them. */
async function readReverted(database: Database): Promise<ReadonlySet<string>> {
  const { rows } = await database.query('SELECT path FROM hufu.reverted')
  return new Set(
    z
      .array(z.object({ path: z.string() }))
      .parse(rows)
      .map(({ path }) => path),
  )
}

function relationOf(
  row: z.output<typeof relationRow>,
  known: ReadonlyMap<string, ColumnRow>,
  declared: Declarations,
  reverted: ReadonlySet<string>,
): Relation {
  const pending = new Set<'apply' | 'backfill'>()
  const columns = row.columns.map(({ name, attnum, type, id }) => {
    const record = id === null ? undefined : known.get(id)
    const declaration = declarationOf(declared, row, name)
    const encrypted = record === undefined ? null : encryptedColumn(record, row, name)
    if (encrypted !== null && declaration !== undefined) checkDeclaration(encrypted, declaration)
    if (
      encrypted === null &&
      declaration !== undefined &&
      row.view === null &&
      !reverted.has(`${row.schema}.${row.name}.${name}`)
    )
      pending.add(hasShadow(row, name, known) ? 'backfill' : 'apply')
    return { name, attnum, typeOid: type, encrypted, hidden: isHidden(row, name, known) }
  })
  return { oid: row.oid, schema: row.schema, name: row.name, view: row.view, columns, pending: worst(pending) }
}

const worst = (pending: ReadonlySet<'apply' | 'backfill'>): Relation['pending'] =>
  pending.has('apply') ? 'apply' : pending.has('backfill') ? 'backfill' : null

/** A column being moved has its cells in a second column, whose name says of which. */
const hasShadow = (row: z.output<typeof relationRow>, name: string, known: ReadonlyMap<string, ColumnRow>): boolean =>
  row.columns.some(
    (other) => other.name === shadowName(name) && other.id !== null && known.get(other.id)?.phase === 'backfill',
  )

/** The second column of a move, in either direction. */
const isHidden = (row: z.output<typeof relationRow>, name: string, known: ReadonlyMap<string, ColumnRow>): boolean =>
  row.columns.some(({ name: other, id }) => {
    const phase = id === null ? undefined : known.get(id)?.phase
    return (phase === 'backfill' && other === name) || (phase === 'revert' && plainName(other) === name)
  })

export const plainName = (column: string): string => `${column}__plain`

export const shadowName = (column: string): string => `${column}__hufu`

function declarationOf(
  declared: Declarations,
  relation: { schema: string; name: string },
  column: string,
): ColumnDeclaration | undefined {
  for (const [path, declaration] of Object.entries(declared)) {
    const place = splitPath(path)
    const same = place.table === relation.name && place.column === column
    if (
      same &&
      (place.schema === null
        ? relation.schema === 'public' || !declared[`public.${path}`]
        : place.schema === relation.schema)
    )
      return declaration
  }
  return undefined
}

function encryptedColumn(
  row: ColumnRow,
  relation: { schema: string; name: string },
  column: string,
): EncryptedColumn | null {
  const type = columnType(row.type)
  if (type === undefined) throw new TypeError(`expected a known column type, received ${row.type}`)
  if (row.phase === 'backfill') return null
  return {
    id: row.id.replaceAll('-', ''),
    schema: relation.schema,
    table: relation.name,
    column,
    type,
    key: row.key,
    search: row.search,
    caseInsensitive: row.case_insensitive,
    unique: row.is_unique,
    group: row.group_name,
    tenant: row.tenant,
    row: row.row_column,
  }
}
