import { DecryptionError } from '@hufu/crypto'
import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import type { KeyLease } from '../keys/keyring.ts'
import { CellRefused } from './read-error.ts'
import type { RawRow } from './read-rows.ts'
import type { CellField } from './result-fields.ts'

/** Cells of one column, data key and session: what one call opens. */
export interface TextRun {
  readonly column: EncryptedColumn
  /** Of the data key. */
  readonly number: number
  /** The field of the rows. */
  readonly index: number
  readonly rows: RawRow[]
  readonly cells: string[]
}

/** Whether the field's cells hold text and are bound to no tenant and no row: then they are opened from text to text. */
export const holdsTexts = ({ columns, tenant, row }: CellField): boolean =>
  tenant === 'none' &&
  row === 'none' &&
  columns.every((column) => column.tenant === null && column.row === null && column.type.name !== 'bytea')

/** Hexadecimal digits of column id, data key number and session; they stand together, behind kind and index. */
const ID_DIGITS = 32
const NUMBER_DIGITS = 8
const SESSION_DIGITS = 24

/** The field's cells in the rows. Throws `CellRefused` for what is none of the field's columns. */
export function textRuns(rows: readonly RawRow[], field: CellField): Iterable<TextRun> {
  const runs = new Map<string, TextRun>()
  for (const row of rows) {
    const cell = row[field.index]
    if (cell === null || cell === undefined) continue
    const start = keyStart(cell, field)
    const name = cell.slice(start, start + ID_DIGITS + NUMBER_DIGITS + SESSION_DIGITS)
    let run = runs.get(name)
    if (run === undefined) {
      run = newRun(name, field)
      runs.set(name, run)
    }
    run.rows.push(row)
    run.cells.push(cell)
  }
  return runs.values()
}

function newRun(name: string, { columns, index }: CellField): TextRun {
  const column = columns.find(({ id }) => name.startsWith(id))
  const digits = name.slice(ID_DIGITS, ID_DIGITS + NUMBER_DIGITS)
  if (column === undefined || !/^[0-9a-f]{8}$/.test(digits)) throw refused(columns)
  return { column, number: Number.parseInt(digits, 16), index, rows: [], cells: [] }
}

/** Where column id and data key number begin behind `\x` and the kind, with an index and without one. */
const INDEXED_START = 36
const BARE_START = 4
const INDEXED_KINDS = ['\\xf9', '\\xfb', '\\xfd', '\\xff']
const BARE_KINDS = ['\\xf8', '\\xfa', '\\xfc', '\\xfe']

/** Where the column id begins in the text of a cell. Throws `CellRefused` for what is no cell. */
export function keyStart(cell: string, { columns }: CellField): number {
  const kind = cell.slice(0, BARE_START)
  if (INDEXED_KINDS.includes(kind)) return INDEXED_START
  if (BARE_KINDS.includes(kind)) return BARE_START
  throw refused(columns)
}

const refused = ([first]: readonly EncryptedColumn[]): CellRefused =>
  new CellRefused(first ?? { table: '', column: '' })

/** Replaces the cells in the rows by their texts. Throws `CellRefused`; then no row is to be used. */
export function openTexts({ column, index, rows, cells }: TextRun, key: KeyLease): void {
  try {
    const texts = key.details.cells?.openTexts(cells) ?? []
    for (const [i, row] of rows.entries()) row[index] = texts[i] ?? ''
  } catch (cause) {
    throw cause instanceof DecryptionError ? new CellRefused(column, { cause }) : cause
  }
}
