import { ByteReader } from '../byte-reader.ts'
import { DecryptionError } from '../decryption-error.ts'
import { textSize, writeText } from '../text-bytes.ts'

/** Public pairs that are bound to a message, and that its reader must expect. */
export type MessageContext = Readonly<Record<string, string>>

export const CONTEXT_SIZE_MAX = 8_192
export const CONTEXT_SIZE_MIN = 2

/** The pairs in their one order. */
type Pairs = readonly (readonly [string, string])[]

/** The one byte form of a context. Throws `TypeError` when it is too large or not well-formed text. */
export function canonicalContext(context: MessageContext): Uint8Array {
  const pairs = contextPairs(context)
  const bytes = Buffer.allocUnsafe(contextSize(pairs))
  writeContext(bytes, 0, pairs)
  return bytes
}

/** In ascending order of their keys' bytes. */
export function contextPairs(context: MessageContext): Pairs {
  const pairs = Object.entries(context)
  return pairs.length > 1 ? pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : pairs
}

/** Bytes of the canonical form. Throws `TypeError` as `canonicalContext` does. */
export function contextSize(pairs: Pairs): number {
  const size = pairs.reduce((sum, [key, value]) => sum + 4 + checkedSize(key) + checkedSize(value), 2)
  if (size > CONTEXT_SIZE_MAX)
    throw new TypeError(`expected a context of at most ${CONTEXT_SIZE_MAX} bytes in canonical form, received ${size}`)
  return size
}

/** Writes the canonical form at `at`. */
export function writeContext(bytes: Buffer, at: number, pairs: Pairs): void {
  let next = bytes.writeUInt16BE(pairs.length, at)
  for (const [key, value] of pairs) next = writeSized(bytes, writeSized(bytes, next, key), value)
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
