import { blindIndex, type CellValue } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import { prepareValue } from 'pg/lib/utils.js'
import type { Catalogue, EncryptedColumn } from '../catalogue/catalogue.ts'
import type { KeyLease, Keyring } from '../keys/keyring.ts'
import type { BoundTo, ParameterUse, Plan } from '../plan/plan.ts'
import { hasTokens } from '../search/terms.ts'
import { searchedTokens, valueTokens } from '../search/token-array.ts'
import { itemTexts, plaintextOf, valueText } from '../value/value-text.ts'
import { placeText } from './place-text.ts'

/** What a statement's values become: cells and indexes in the places that the plan says. Throws before anything is sent. */
export async function writeValues(
  plan: Plan,
  values: readonly unknown[],
  keys: Keyring,
  catalogue: Catalogue,
): Promise<unknown[]> {
  const written = [...values]
  for (const use of plan.uses) written[use.to - 1] = await writeValue(use, values, keys, catalogue)
  return written
}

async function writeValue(
  use: ParameterUse,
  values: readonly unknown[],
  keys: Keyring,
  catalogue: Catalogue,
): Promise<unknown> {
  const { column, role } = use
  const value = values[use.from - 1]
  if (value === null || value === undefined) return null
  const tenant = boundText(column, column.tenant, use.tenant, values, catalogue) ?? ''
  if (role === 'indexes') {
    const texts = itemTexts(column.type, value)
    using key = await keys.indexing(column, tenant)
    return prepareValue(texts?.map((text) => (text === null ? null : indexOf(column, key, text))) ?? null)
  }
  const text = valueText(column.type, value) ?? ''
  if (role === 'index') {
    using key = await keys.indexing(column, tenant)
    return indexOf(column, key, text)
  }
  if (role === 'prefix' || role === 'words') {
    using key = await keys.indexing(column, tenant)
    return searchedTokens(column, key, role, text)
  }
  const rowId = boundText(column, column.row, use.row, values, catalogue)
  return sealCell(column, text, tenant, rowId, keys)
}

/** The cell of a value, with its index where the column has one. */
export async function sealCell(
  column: EncryptedColumn,
  text: string,
  tenant: string,
  rowId: string | null,
  keys: Keyring,
): Promise<Buffer> {
  using cells = await keys.sealing(column, tenant)
  using index = column.search.length > 0 ? await keys.indexing(column, tenant) : null
  const plaintext = plaintextOf(column.type, text)
  const tokens = index !== null && hasTokens(column) ? valueTokens(column, index, text) : null
  const sealed = cells.details.cells?.seal([{ plaintext, ...indexPart(column, index, text), tokens, rowId }])
  const [cell] = sealed ?? []
  if (cell === undefined) throw new TypeError('expected a key that seals cells')
  return Buffer.from(cell.buffer, cell.byteOffset, cell.length)
}

/** What makes the cell's index: the key alone where the index is that of the cell's own plaintext. */
function indexPart(
  column: EncryptedColumn,
  key: KeyLease | null,
  text: string,
): Pick<CellValue, 'blindIndex' | 'indexKey'> {
  if (key === null || !column.search.includes('equality')) return {}
  const own = column.type.name !== 'bytea' && equalText(column, text) === text
  return own ? { indexKey: key.secret } : { blindIndex: indexOf(column, key, text) }
}

/** The blind index of a value: of its folded case where the column says so. */
export const indexOf = (column: EncryptedColumn, key: KeyLease, text: string): Buffer =>
  Buffer.from(blindIndex('sha256', key.secret, Buffer.from(equalText(column, text))))

function equalText({ caseInsensitive, type }: EncryptedColumn, text: string): string {
  const folded = caseInsensitive ? text.normalize('NFC').toLowerCase() : text
  return type.equalText?.(folded) ?? folded
}

/** The text of the tenant or the row that a cell is bound to; null where the column has none. */
function boundText(
  column: EncryptedColumn,
  name: string | null,
  bound: BoundTo | null,
  values: readonly unknown[],
  catalogue: Catalogue,
): string | null {
  if (name === null || bound === null) return null
  const value = 'literal' in bound ? bound.literal : values[bound.parameter - 1]
  if (value === null || value === undefined)
    throw new HufuError(
      'InvalidParameter',
      `expected a value of ${name}, which ${column.table}.${column.column} is bound to; received null`,
    )
  return placeText(catalogue.typeOf(column, name), value)
}
