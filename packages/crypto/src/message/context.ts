import { ByteReader } from '../byte-reader.ts'
import { DecryptionError } from '../decryption-error.ts'
import { textSize, writeText } from '../text-bytes.ts'

/** Public pairs that are bound to a message, and that its reader must expect. */
export type MessageContext = Readonly<Record<string, string>>

export const CONTEXT_SIZE_MAX = 8_192
export const CONTEXT_SIZE_MIN = 2

/** The one byte form of a context. Throws `TypeError` when it is too large or not well-formed text. */
export function canonicalContext(context: MessageContext): Uint8Array {
  const pairs = Object.entries(context)
  if (pairs.length > 1) pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const size = pairs.reduce((sum, [key, value]) => sum + 4 + checkedSize(key) + checkedSize(value), 2)
  if (size > CONTEXT_SIZE_MAX)
    throw new TypeError(`expected a context of at most ${CONTEXT_SIZE_MAX} bytes in canonical form, received ${size}`)
  const bytes = Buffer.allocUnsafe(size)
  let at = bytes.writeUInt16BE(pairs.length)
  for (const [key, value] of pairs) at = writeSized(bytes, writeSized(bytes, at, key), value)
  return bytes
}

/** The context of a canonical form, and of nothing else: any other bytes are a `DecryptionError`. */
export function parseContext(bytes: Uint8Array): MessageContext {
  const reader = new ByteReader(bytes)
  const count = reader.integer(2)
  const pairs: [string, string][] = []
  while (pairs.length < count) pairs.push([reader.text(reader.integer(2)), reader.text(reader.integer(2))])
  if (!reader.isAtEnd) throw new DecryptionError({ detail: 'bytes behind the context' })
  const context = Object.fromEntries(pairs)
  if (Buffer.compare(canonicalContext(context), bytes) !== 0)
    throw new DecryptionError({ detail: 'the context is not in its canonical form' })
  return context
}

function checkedSize(text: string): number {
  const size = typeof text === 'string' ? textSize(text) : null
  if (size === null) throw new TypeError('expected a context of keys and values that are well-formed text')
  return size
}

/** Writes the text behind its size; returns where it ends. */
function writeSized(bytes: Buffer, at: number, text: string): number {
  const end = writeText(bytes, at + 2, text)
  bytes.writeUInt16BE(end - at - 2, at)
  return end
}
