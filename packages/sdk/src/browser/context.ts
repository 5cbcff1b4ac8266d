import { type Bytes, compareBytes, integer, joined, utf8 } from './bytes.ts'
import { DecryptionError } from './decryption-error.ts'
import { FieldReader } from './field-reader.ts'

/** Public pairs that are bound to a message, and that its reader must expect. */
export type Context = Readonly<Record<string, string>>

export const CONTEXT_SIZE_MAX = 8_192

/** The one byte form of a context. Throws `TypeError` when it is too large or not well-formed text. */
export function canonicalContext(context: Context): Bytes {
  const pairs = Object.entries(context).map(([key, value]) => [wellFormed(key), wellFormed(value)] as const)
  pairs.sort(([a], [b]) => compareBytes(a, b))
  const bytes = joined(integer(pairs.length, 2), ...pairs.flatMap(([key, value]) => [sized(key), sized(value)]))
  if (bytes.length > CONTEXT_SIZE_MAX)
    throw new TypeError(`expected a context of at most ${CONTEXT_SIZE_MAX} bytes in canonical form`)
  return bytes
}

/** The context of a canonical form, and of nothing else: any other bytes are a `DecryptionError`. */
export function parseContext(bytes: Uint8Array): Context {
  const reader = new FieldReader(bytes)
  const pairs: [string, string][] = []
  for (let left = reader.integer(2); left > 0; left--)
    pairs.push([reader.text(reader.integer(2)), reader.text(reader.integer(2))])
  const context = Object.fromEntries(pairs)
  if (compareBytes(canonicalContext(context), bytes) !== 0) throw new DecryptionError()
  return context
}

const sized = (bytes: Uint8Array): Bytes => joined(integer(bytes.length, 2), bytes)

function wellFormed(text: string): Bytes {
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text))
    throw new TypeError('expected a context of keys and values that are well-formed text')
  return utf8(text)
}
