import { timingSafeEqual } from 'node:crypto'
import type { HashName } from './hash-engine.ts'
import { hashEngine } from './hash-engines.ts'
import type { Secret } from './secret.ts'

export { HASH_SIZE, type HashName } from './hash-engine.ts'

/** HMAC (RFC 2104; with SM3 GB/T 15852.2) over the parts, one after another: 32 bytes. */
export const hmac = (hash: HashName, key: Secret, ...parts: readonly Uint8Array[]): Uint8Array =>
  hashEngine.hmac(hash, key.bytes(), parts)

/** Whether the tag is the whole HMAC over the parts. Its time does not tell where they differ. */
export const hmacVerify = (hash: HashName, key: Secret, tag: Uint8Array, ...parts: readonly Uint8Array[]): boolean =>
  equalBytes(hmac(hash, key, ...parts), tag)

/** Whether both are the same bytes; of equal lengths, in time that does not tell where they differ. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
