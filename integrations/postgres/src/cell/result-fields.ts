import type { FieldDef } from 'pg'
import type { Catalogue, EncryptedColumn } from '../catalogue/catalogue.ts'
import type { Output } from '../plan/plan.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import { CatalogueChanged } from './read-error.ts'

/** `pg_type.oid` of bytea. */
export const BYTEA = 17

/** Where a cell's tenant or row is read: behind the cell itself, or in another field of the same row. */
export type Place = 'none' | 'behind' | { readonly field: number }

/** A result field that holds cells. */
export interface CellField {
  readonly index: number
  /** The columns whose cells may stand here; all have one type. */
  readonly columns: readonly EncryptedColumn[]
  readonly tenant: Place
  readonly row: Place
}

/** A result field whose bytes must be no cells: nothing said that any would come. */
export interface ResultFields {
  readonly cells: readonly CellField[]
  readonly bytes: readonly number[]
  /** Fields that the application does not see. */
  readonly hidden: ReadonlySet<number>
}

/**
 * What the fields of a result hold. Two sources must agree: what the analysis of the statement said, and
 * what the server says of each field's table and column. Throws `CatalogueChanged` where they don't.
 */
export function resultFields(
  fields: readonly FieldDef[],
  outputs: readonly Output[] | null,
  catalogue: Catalogue,
): ResultFields {
  if (outputs !== null && outputs.length !== fields.length)
    throw new CatalogueChanged('another number of result columns')
  const cells: CellField[] = []
  const bytes: number[] = []
  const hidden = new Set<number>()
  for (const [index, field] of fields.entries()) {
    if (catalogue.isHidden(field.tableID, field.columnID, field.name)) {
      hidden.add(index)
      continue
    }
    const columns = cellColumns(field, outputs?.[index], catalogue)
    if (columns.length > 0) cells.push({ index, columns, ...places(fields, field, columns, catalogue) })
    else if (field.dataTypeID === BYTEA) bytes.push(index)
  }
  return { cells, bytes, hidden }
}

function cellColumns(field: FieldDef, said: Output | undefined, catalogue: Catalogue): Output {
  const own = catalogue.column(field.tableID, field.columnID)
  if (said === undefined) return own === null ? [] : [own]
  const expected = said.length > 0
  if (expected && field.dataTypeID !== BYTEA) throw new CatalogueChanged(`${field.name} is no longer encrypted`)
  if (own !== null && !said.some(({ id }) => id === own.id))
    throw new CatalogueChanged(`${field.name} is another column`)
  return said
}

function places(
  fields: readonly FieldDef[],
  field: FieldDef,
  [column]: Output,
  catalogue: Catalogue,
): { tenant: Place; row: Place } {
  const place = (name: string | null | undefined): Place => {
    if (name === null || name === undefined) return 'none'
    if (field.tableID === 0) return 'behind'
    const attnum = catalogue.relation(field.tableID)?.columns.find((other) => other.name === name)?.attnum
    const found = fields.flatMap((other, i) =>
      other.tableID === field.tableID && other.columnID === attnum ? [i] : [],
    )
    const [only] = found
    if (only === undefined || found.length > 1) throw unbound(column, name)
    return { field: only }
  }
  return { tenant: place(column?.tenant), row: place(column?.row) }
}

const unbound = (column: EncryptedColumn | undefined, name: string): QueryRefused =>
  new QueryRefused({
    refusal: 'Star',
    table: column?.table ?? '',
    column: column?.column,
    construct: `* without one ${name} that the cell is bound to`,
  })

/** The field as the application knows it: of the declared type. */
export function plainField(field: FieldDef, { columns: [column] }: CellField): FieldDef {
  if (column === undefined) return field
  return { ...field, dataTypeID: column.type.oid, dataTypeSize: column.type.size, dataTypeModifier: -1 }
}
