import { TAG_SIZE } from '../aead.ts'
import { DecryptionError } from '../decryption-error.ts'
import { type Suite, suiteNumbered } from '../suite.ts'

export const BLIND_INDEX_SIZE = 16
export const COLUMN_ID_SIZE = 16
export const CELL_SESSION_SIZE = 12
/** Bytes of the largest plaintext: PostgreSQL's largest field, less the overhead with a blind index. */
export const CELL_PLAINTEXT_MAX = 1_073_741_750

/** Bytes of one search token. */
export const CELL_TOKEN_SIZE = 8
/** Search tokens of one cell. */
export const CELL_TOKENS_MAX = 4096

/** First byte of version 1: the upper five bits, before the token bit, the suite bit and the index bit. */
const KIND = 0xf8
const TOKEN_BIT = 4
const SM4_BIT = 2
const INDEX_BIT = 1
const COUNT_SIZE = 2
const FIXED_HEAD = 1 + COLUMN_ID_SIZE + 4 + CELL_SESSION_SIZE + 4

export interface CellHead {
  readonly suite: Suite
  readonly blindIndex: Uint8Array | null
  /** Search tokens, 8 bytes each; null in a cell of a kind without. */
  readonly tokens: Uint8Array | null
  readonly columnId: Uint8Array
  readonly dataKeyNumber: number
  readonly session: Uint8Array
  readonly counter: number
}

/** Bytes before the ciphertext; `tokens` is what the tokens take, null for a kind without. */
export const cellHeadSize = (indexed: boolean, tokens: number | null = null): number =>
  FIXED_HEAD + (indexed ? BLIND_INDEX_SIZE : 0) + (tokens === null ? 0 : COUNT_SIZE + tokens)

/** The first byte. */
export const cellKind = (suite: Suite, indexed: boolean, tokens = false): number =>
  KIND | (tokens ? TOKEN_BIT : 0) | (suite.number === 2 ? SM4_BIT : 0) | (indexed ? INDEX_BIT : 0)

/** Bytes of the cell of a plaintext. */
export const cellSize = (plaintextSize: number, indexed: boolean, tokens: number | null = null): number =>
  cellHeadSize(indexed, tokens) + plaintextSize + TAG_SIZE

/** Writes the bytes before the ciphertext to the front of `into`; returns how many. */
export function writeCellHead(head: CellHead, into: Uint8Array): number {
  const indexed = head.blindIndex !== null
  const base = indexed ? BLIND_INDEX_SIZE : 0
  into[0] = cellKind(head.suite, indexed, head.tokens !== null)
  if (head.blindIndex !== null) into.set(head.blindIndex, 1)
  into.set(head.columnId, base + 1)
  writeUint32(into, base + 17, head.dataKeyNumber)
  into.set(head.session, base + 21)
  writeUint32(into, base + 33, head.counter)
  if (head.tokens === null) return base + FIXED_HEAD
  writeUint16(into, base + FIXED_HEAD, head.tokens.length / CELL_TOKEN_SIZE)
  into.set(head.tokens, base + FIXED_HEAD + COUNT_SIZE)
  return base + FIXED_HEAD + COUNT_SIZE + head.tokens.length
}

/** What a cell says of itself, not yet authenticated; views of its memory. Throws `DecryptionError` for what is no cell. */
export function parseCell(cell: Uint8Array): CellHead {
  const kind = cell[0] ?? 0
  const suite = suiteNumbered((kind & SM4_BIT) === 0 ? 1 : 2)
  const indexed = (kind & INDEX_BIT) !== 0
  if ((kind & ~(TOKEN_BIT | SM4_BIT | INDEX_BIT)) !== KIND || suite === undefined) throw new DecryptionError()
  if (cell.length < cellSize(0, indexed) || cell.length > cellSize(CELL_PLAINTEXT_MAX, indexed))
    throw new DecryptionError()
  const base = indexed ? BLIND_INDEX_SIZE : 0
  return {
    suite,
    tokens: (kind & TOKEN_BIT) === 0 ? null : readTokens(cell, base + FIXED_HEAD),
    blindIndex: indexed ? cell.subarray(1, 1 + BLIND_INDEX_SIZE) : null,
    columnId: cell.subarray(base + 1, base + 17),
    dataKeyNumber: readUint32(cell, base + 17),
    session: cell.subarray(base + 21, base + 33),
    counter: readUint32(cell, base + 33),
  }
}

/** The tokens behind their count. Throws `DecryptionError` where the cell has no room for them. */
function readTokens(cell: Uint8Array, at: number): Uint8Array {
  const start = at + COUNT_SIZE
  const count = start <= cell.length ? readUint16(cell, at) : 0
  const end = start + count * CELL_TOKEN_SIZE
  if (count > CELL_TOKENS_MAX || end + TAG_SIZE > cell.length) throw new DecryptionError()
  return cell.subarray(start, end)
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
const readUint32 = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at)
const readUint16 = (bytes: Uint8Array, at: number): number => view(bytes).getUint16(at)
const writeUint16 = (bytes: Uint8Array, at: number, value: number): void => view(bytes).setUint16(at, value)
const writeUint32 = (bytes: Uint8Array, at: number, value: number): void => view(bytes).setUint32(at, value)
