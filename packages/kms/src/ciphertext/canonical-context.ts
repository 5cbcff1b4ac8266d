import { type EncryptionContext, HufuError } from '@hufu/wire'

export const MAX_CONTEXT_SIZE = 8_192

const EMPTY = new Uint8Array(2)

/** The one byte form of an encryption context (docs/formats/ciphertext-blob.md). Throws `InvalidParameter` when too large. */
export function canonicalContext(context: EncryptionContext | undefined): Uint8Array {
  const pairs = Object.entries(context ?? {}).map(([key, value]) => [Buffer.from(key), Buffer.from(value)] as const)
  if (pairs.length === 0) return EMPTY
  pairs.sort(([a], [b]) => Buffer.compare(a, b))
  const size = pairs.reduce((sum, [key, value]) => sum + 4 + key.length + value.length, 2)
  if (size > MAX_CONTEXT_SIZE)
    throw new HufuError(
      'InvalidParameter',
      `expected an encryption context of at most ${MAX_CONTEXT_SIZE} bytes in canonical form, received ${size}`,
    )
  return Buffer.concat([sized(pairs.length), ...pairs.flatMap(([key, value]) => [field(key), field(value)])])
}

const field = (bytes: Buffer): Buffer => Buffer.concat([sized(bytes.length), bytes])

const sized = (length: number): Buffer => Buffer.of(length >> 8, length & 0xff)
