import { DecryptionError } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import type { Catalogue, EncryptedColumn } from '../catalogue/catalogue.ts'
import type { KeyNeed } from '../keys/key-need.ts'
import type { KeyLease, Keyring } from '../keys/keyring.ts'
import { withKeys } from '../keys/with-keys.ts'
import { textOf } from '../value/value-text.ts'
import { unbind } from './bound-cell.ts'
import { CellRefused } from './read-error.ts'
import { holdsTexts, keyStart, openTexts, type TextRun, textRuns } from './read-texts.ts'
import type { CellField, Place, ResultFields } from './result-fields.ts'

/** One row as the wire has it: the text of each field. */
export type RawRow = (string | null)[]

/** A cell of a row, and where its text goes. */
interface Found {
  readonly row: RawRow
  readonly index: number
  readonly cell: Buffer
  readonly tenant: string | null
  readonly rowId: string | null
}

/** Cells of one column and data key. */
interface Group {
  readonly column: EncryptedColumn
  /** Of the data key. */
  readonly number: number
  readonly found: Found[]
}

/**
 * Replaces the cells of the rows by the texts of their values, in place, one data key after another; at once when the
 * keys are held. Throws `CellRefused` for a cell that does not belong where it is; then no row is to be used.
 */
export function readRows(
  rows: readonly RawRow[],
  fields: ResultFields,
  keyring: Keyring,
  catalogue: Catalogue,
): void | Promise<void> {
  for (const index of fields.bytes) for (const row of rows) refuseStray(row[index] ?? null, catalogue)
  const groups = new Map<string, Group>()
  const runs: TextRun[] = []
  for (const field of fields.cells) {
    if (holdsTexts(field)) runs.push(...textRuns(rows, field))
    else for (const row of rows) collect(row, field, groups)
  }
  const opened = [...groups.values(), ...runs]
  const needs = opened.map(({ column, number }): KeyNeed => ({ use: 'open', column, number }))
  return withKeys(keyring, needs, (keys) => {
    for (const [i, cells] of opened.entries()) {
      const key = keys[i]
      if (key === undefined) throw new TypeError('expected a key for every cell')
      if ('found' in cells) openAll(cells, key)
      else openTexts(cells, key)
    }
  })
}

/**
 * Sorts a cell to those of its column and data key. Both stand together behind the index, so that in the hex text
 * they are one piece: nothing is parsed here but that.
 */
function collect(row: RawRow, field: CellField, byKey: Map<string, Group>): void {
  const value = row[field.index]
  if (value === null || value === undefined) return
  const name = keyPart(value, field)
  let group = byKey.get(name)
  if (group === undefined) {
    group = { column: columnOf(name, field), number: numberOf(name), found: [] }
    byKey.set(name, group)
  }
  group.found.push(foundAt(row, field, value, group.column))
}

function foundAt(row: RawRow, field: CellField, value: string, column: EncryptedColumn): Found {
  const { index } = field
  if (field.tenant === 'none' && field.row === 'none')
    return { row, index, cell: hexBytes(value), tenant: null, rowId: null }
  const bound = field.tenant === 'behind' || field.row === 'behind'
  const parts = bound ? unbind(hexBytes(value), column) : { cell: hexBytes(value), tenant: null, row: null }
  const place = (where: Place, behind: string | null) =>
    where === 'none' ? null : where === 'behind' ? behind : (row[where.field] ?? null)
  return { row, index, cell: parts.cell, tenant: place(field.tenant, parts.tenant), rowId: place(field.row, parts.row) }
}

/** Hexadecimal digits of column id and data key number. */
const KEY_DIGITS = 40

function keyPart(value: string, field: CellField): string {
  const start = keyStart(value, field)
  return value.slice(start, start + KEY_DIGITS)
}

function columnOf(name: string, { columns }: CellField): EncryptedColumn {
  const column = columns.find(({ id }) => name.startsWith(id))
  const [first] = columns
  if (column === undefined || !/^[0-9a-f]{40}$/.test(name)) throw new CellRefused(first ?? { table: '', column: '' })
  return column
}

/** The data key's number behind the column id. */
const numberOf = (name: string): number => Number.parseInt(name.slice(32), 16)

/** Opens cells of one data key. */
function openAll({ column, found }: Group, key: KeyLease): void {
  if (column.tenant !== null && found.some(({ tenant }) => tenant !== key.details.tenant)) throw new CellRefused(column)
  try {
    const texts = key.details.cells?.open(found.map(({ cell, rowId }) => ({ cell, rowId }))) ?? []
    for (const [i, { row, index }] of found.entries()) row[index] = textOf(column.type, texts[i] ?? new Uint8Array())
  } catch (cause) {
    throw cause instanceof DecryptionError ? new CellRefused(column, { cause }) : cause
  }
}

/** Bytes that no analysis announced as cells must be none: a function or a trigger may have moved one. */
function refuseStray(value: string | null, catalogue: Catalogue): void {
  if (value === null || !/^\\xf[89a-f]/.test(value)) return
  const column = catalogue.encrypted.find(({ id }) => value.startsWith(id, 4) || value.startsWith(id, 36))
  if (column !== undefined)
    throw new HufuError(
      'NotSupported',
      `a cell of ${column.table}.${column.column} came out of the statement unannounced; select the column from its table`,
    )
}

/** The bytes of `\x…`, which is how the server prints them. */
export const hexBytes = (value: string): Buffer => Buffer.from(value.startsWith('\\x') ? value.slice(2) : '', 'hex')
