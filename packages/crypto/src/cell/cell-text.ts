import { CELL_SESSION_SIZE, COLUMN_ID_SIZE } from './cell-layout.ts'

/** Bytes of the largest cell that the addon opens from text. */
const NATIVE_MAX = 8192
/** Column id, data key number, session: what the cells of one writer have in common. */
const FIXED_SIZE = COLUMN_ID_SIZE + 4 + CELL_SESSION_SIZE
const COUNTER_SIZE = 4

export const areShort = (cells: readonly string[]): boolean => cells.every(({ length }) => length <= 2 + 2 * NATIVE_MAX)

/** Whether the text is that of a cell without tokens, by its first byte; the addon opens no other. */
export const isBare = (cell: string): boolean => (cell[3] ?? '') < 'c'

export const fixedPart = (head: Uint8Array): Uint8Array =>
  head.subarray(head.length - COUNTER_SIZE - FIXED_SIZE, head.length - COUNTER_SIZE)

/** The bytes of `\x…`; none for what is no such text. */
export function cellBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text.startsWith('\\x') ? text.slice(2) : '', 'hex')
  return 2 + 2 * bytes.length === text.length ? bytes : new Uint8Array(0)
}

export const utf8Of = (plaintext: Uint8Array): string =>
  Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length).toString()
