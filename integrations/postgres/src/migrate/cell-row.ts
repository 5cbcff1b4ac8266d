import { equalBytes, parseCell } from '@hufu/crypto'
import { CellRefused } from '../cell/read-error.ts'
import { hexBytes } from '../cell/read-rows.ts'
import { indexOf, sealCell } from '../cell/seal-cell.ts'
import type { Keyring } from '../keys/keyring.ts'
import { hasTokens } from '../search/terms.ts'
import { valueTokens } from '../search/token-array.ts'
import { textOf } from '../value/value-text.ts'
import type { BatchRow } from './row-batches.ts'
import type { Located } from './session.ts'

/** The cell of a row's plaintext, proven to open again before it is stored. */
export async function sealRow(column: Located, { value, tenant, row }: BatchRow, keys: Keyring): Promise<Buffer> {
  const text = column.type.text(value)
  const cell = await sealCell(column, text, tenant ?? '', row, keys)
  const opened = await openCell(column, cell, tenant, row, keys)
  if (opened.text !== text) throw new TypeError('expected a cell that opens to what was sealed')
  return cell
}

export interface Opened {
  readonly text: string
  readonly dataKey: number
}

/** The text in a row's cell. Throws `CellRefused` for one that does not belong there, or whose index is not its value's. */
export const openRow = (column: Located, { value, tenant, row }: BatchRow, keys: Keyring): Promise<Opened> =>
  openCell(column, hexBytes(value), tenant, row, keys)

async function openCell(
  column: Located,
  cell: Buffer,
  tenant: string | null,
  row: string | null,
  keys: Keyring,
): Promise<Opened> {
  const refused = (cause: unknown) => new CellRefused(column, { cause })
  const head = attempt(() => parseCell(cell), refused)
  if (Buffer.from(head.columnId).toString('hex') !== column.id) throw refused(undefined)
  using key = await keys.opening(column, head.dataKeyNumber)
  if (column.tenant !== null && tenant !== key.details.tenant) throw refused(undefined)
  const [plaintext = new Uint8Array()] = attempt(() => key.details.cells?.open([{ cell, rowId: row }]) ?? [], refused)
  const text = textOf(column.type, plaintext)
  if (column.search.includes('equality')) {
    using index = await keys.indexing(column, tenant ?? '')
    if (head.blindIndex === null || !equalBytes(head.blindIndex, indexOf(column, index, text))) throw refused(undefined)
  }
  if (hasTokens(column) !== (head.tokens !== null)) throw refused(undefined)
  if (head.tokens !== null) {
    using index = await keys.indexing(column, tenant ?? '')
    if (!equalBytes(head.tokens, valueTokens(column, index, text))) throw refused(undefined)
  }
  return { text, dataKey: head.dataKeyNumber }
}

function attempt<T>(work: () => T, refused: (cause: unknown) => Error): T {
  try {
    return work()
  } catch (cause) {
    throw refused(cause)
  }
}
