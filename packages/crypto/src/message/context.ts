import { ByteReader } from '../byte-reader.ts'
import { DecryptionError } from '../decryption-error.ts'

/** Public pairs that are bound to a message, and that its reader must expect. */
export type MessageContext = Readonly<Record<string, string>>

export const CONTEXT_SIZE_MAX = 8_192
export const CONTEXT_SIZE_MIN = 2

const LONE_SURROGATE = /\p{Surrogate}/u

/** The one byte form of a context. Throws `TypeError` when it is too large or not well-formed text. */
export function canonicalContext(context: MessageContext): Uint8Array {
  const pairs = Object.entries(context).map(([key, value]) => [utf8(key), utf8(value)] as const)
  pairs.sort(([a], [b]) => Buffer.compare(a, b))
  const size = pairs.reduce((sum, [key, value]) => sum + 4 + key.length + value.length, 2)
  if (size > CONTEXT_SIZE_MAX)
    throw new TypeError(`expected a context of at most ${CONTEXT_SIZE_MAX} bytes in canonical form, received ${size}`)
  return Buffer.concat([uint16(pairs.length), ...pairs.flatMap(([key, value]) => [sized(key), sized(value)])])
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

function utf8(text: string): Buffer {
  if (typeof text !== 'string' || LONE_SURROGATE.test(text))
    throw new TypeError('expected a context of keys and values that are well-formed text')
  return Buffer.from(text)
}

const sized = (bytes: Buffer): Buffer => Buffer.concat([uint16(bytes.length), bytes])

const uint16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff)
