import { blindIndex, type CellValue } from '@hufu/crypto'
import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import type { KeyLease, Keyring } from '../keys/keyring.ts'
import { hasTokens } from '../search/terms.ts'
import { valueTokens } from '../search/token-array.ts'
import { plaintextOf } from '../value/value-text.ts'

/** The cell of a value, with its index where the column has one. */
export async function sealCell(
  column: EncryptedColumn,
  text: string,
  tenant: string,
  rowId: string | null,
  keys: Keyring,
): Promise<Buffer> {
  using cells = await keys.sealing(column, tenant)
  using index = isSearched(column) ? await keys.indexing(column, tenant) : null
  return cellOf(column, text, rowId, cells, index)
}

export const isSearched = ({ search }: EncryptedColumn): boolean => search.length > 0

/** As `sealCell`, with the keys at hand; the index key is null for a column that is not searched. */
export function cellOf(
  column: EncryptedColumn,
  text: string,
  rowId: string | null,
  cells: KeyLease,
  index: KeyLease | null,
): Buffer {
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
