import { DecryptionError, parseCell } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import type { Catalogue, EncryptedColumn } from '../catalogue/catalogue.ts'
import type { KeyLease, Keyring } from '../keys/keyring.ts'
import { textOf } from '../value/value-text.ts'
import { unbind } from './bound-cell.ts'
import { CellRefused } from './read-error.ts'
import type { CellField, Place, ResultFields } from './result-fields.ts'

/** One row as the wire has it: the text of each field. */
export type RawRow = (string | null)[]

/** A cell of a row, and where its text goes. */
interface Found {
  readonly row: RawRow
  readonly index: number
  readonly column: EncryptedColumn
  readonly cell: Buffer
  readonly tenant: string | null
  readonly rowId: string | null
}

/**
 * Replaces the cells of the rows by the texts of their values, in place, one data key after another. Throws
 * `CellRefused` for a cell that does not belong where it is; then no row is to be used.
 */
export async function readRows(
  rows: readonly RawRow[],
  fields: ResultFields,
  keys: Keyring,
  catalogue: Catalogue,
): Promise<void> {
  for (const row of rows) for (const index of fields.bytes) refuseStray(row[index] ?? null, catalogue)
  const byKey = new Map<string, Found[]>()
  for (const field of fields.cells) for (const row of rows) collect(row, field, byKey)
  for (const found of byKey.values()) await openAll(found, keys)
}

function collect(row: RawRow, field: CellField, byKey: Map<string, Found[]>): void {
  const value = row[field.index]
  if (value === null || value === undefined) return
  const [first] = field.columns
  if (first === undefined) return
  const bound = field.tenant === 'behind' || field.row === 'behind'
  const parts = bound ? unbind(hexBytes(value), first) : { cell: hexBytes(value), tenant: null, row: null }
  const head = headOf(parts.cell, first)
  const id = hexText(head.columnId)
  const column = field.columns.find((one) => one.id === id)
  if (column === undefined) throw new CellRefused(first)
  const place = (where: Place, behind: string | null) =>
    where === 'none' ? null : where === 'behind' ? behind : (row[where.field] ?? null)
  const found = {
    row,
    index: field.index,
    column,
    cell: parts.cell,
    tenant: place(field.tenant, parts.tenant),
    rowId: place(field.row, parts.row),
  }
  const name = `${id} ${head.dataKeyNumber}`
  const same = byKey.get(name)
  if (same === undefined) byKey.set(name, [found])
  else same.push(found)
}

/** Opens cells of one data key. */
async function openAll(found: readonly Found[], keys: Keyring): Promise<void> {
  const [first] = found
  if (first === undefined) return
  const { column } = first
  using key = await lease(column, headOf(first.cell, column).dataKeyNumber, keys)
  if (column.tenant !== null && found.some(({ tenant }) => tenant !== key.details.tenant)) throw new CellRefused(column)
  try {
    const texts = key.details.cells?.open(found.map(({ cell, rowId }) => ({ cell, rowId }))) ?? []
    for (const [i, { row, index }] of found.entries()) row[index] = textOf(column.type, texts[i] ?? new Uint8Array())
  } catch (cause) {
    throw cause instanceof DecryptionError ? new CellRefused(column, { cause }) : cause
  }
}

async function lease(column: EncryptedColumn, number: number, keys: Keyring): Promise<KeyLease> {
  return keys.opening(column, number)
}

function headOf(cell: Buffer, column: EncryptedColumn): ReturnType<typeof parseCell> {
  try {
    return parseCell(cell)
  } catch (cause) {
    throw new CellRefused(column, { cause })
  }
}

/** Bytes that no analysis announced as cells must be none: a function or a trigger may have moved one. */
function refuseStray(value: string | null, catalogue: Catalogue): void {
  if (value === null || !/^\\xf[89ab]/.test(value)) return
  const column = catalogue.encrypted.find(({ id }) => value.startsWith(id, 4) || value.startsWith(id, 36))
  if (column !== undefined)
    throw new HufuError(
      'NotSupported',
      `a cell of ${column.table}.${column.column} came out of the statement unannounced; select the column from its table`,
    )
}

const hexText = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

/** The bytes of `\x…`, which is how the server prints them. */
export const hexBytes = (value: string): Buffer => Buffer.from(value.startsWith('\\x') ? value.slice(2) : '', 'hex')
