import { z } from 'zod'
import { columnType, columnTypeNames } from '../value/column-type.ts'

const name = z.string().regex(/^[^.]+$/)
const columnPath = z.string().regex(/^([^.]+\.)?[^.]+\.[^.]+$/, 'expected table.column or schema.table.column')

/** What can be asked of an encrypted column, each at the price of what it tells: docs/postgres.md. */
export const searches = ['equality', 'prefix', 'words'] as const
export type Search = (typeof searches)[number]

/** One encrypted column, as its user declares it. */
export const columnDeclaration = z
  .strictObject({
    /** The CMK that wraps this column's data keys: key id, ARN or alias. */
    key: z.string().min(1),
    type: z.string().transform((type, context) => {
      const known = columnType(type)
      if (known !== undefined) return known
      context.addIssue(`expected one of ${columnTypeNames.join(', ')}; received ${type}`)
      return z.NEVER
    }),
    search: z.array(z.enum(searches, { error: unknownSearch })).default([]),
    /** Equality folds case; text only. */
    caseInsensitive: z.boolean().default(false),
    /** No two rows have equal values. */
    unique: z.boolean().default(false),
    /** Columns of one group can be compared with each other; a column is its own group when absent. */
    group: name.optional(),
    /** The column of the same table that tells whose key it is. */
    tenant: columnPath.optional(),
    /** A column of the same table that the value is bound to, written by the application. */
    row: columnPath.optional(),
  })
  .check(({ value, issues }) => {
    const problem = contradiction(value)
    if (problem !== null) issues.push({ code: 'custom', message: problem, input: value })
  })

function unknownSearch({ input }: { input?: unknown }): string {
  const known = `expected a search of ${searches.join(', ')}`
  return input === 'range' || input === 'ore'
    ? `${known}; ranges are not offered: an order-revealing index tells the order of all values, which with a known distribution is nearly the values`
    : known
}

export type ColumnDeclaration = z.output<typeof columnDeclaration>

/** Every column by its path, `table.column` or `schema.table.column`. */
export const columnDeclarations = z.record(columnPath, columnDeclaration)

function contradiction(column: {
  type: { name: string; equalText?: unknown }
  search: Search[]
  caseInsensitive: boolean
  unique: boolean
  group?: string | undefined
}): string | null {
  const equality = column.search.includes('equality')
  if (equality && column.type.equalText === undefined) return `type ${column.type.name} has no equality to search by`
  const tokens = column.search.includes('prefix') || column.search.includes('words')
  if (tokens && column.type.name !== 'text') return 'prefix and word search are for type text'
  if (column.caseInsensitive && column.type.name !== 'text') return 'caseInsensitive is for type text'
  if (column.caseInsensitive && !equality && !column.search.includes('prefix'))
    return "caseInsensitive needs search: ['equality'] or ['prefix']"
  if ((column.unique || column.group !== undefined) && !equality) return "unique and group need search: ['equality']"
  return null
}
