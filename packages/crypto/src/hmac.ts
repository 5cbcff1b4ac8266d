import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from './secret.ts'

/** The hash functions of the two suites. Both make 32 bytes. */
export type HashName = 'sha256' | 'sm3'

export const HASH_SIZE = 32

/** HMAC (RFC 2104; with SM3 GB/T 15852.2) over the parts, one after another: 32 bytes. */
export function hmac(hash: HashName, key: Secret, ...parts: readonly Uint8Array[]): Uint8Array {
  return parts.reduce((mac, part) => mac.update(part), createHmac(hash, key.bytes())).digest()
}

/** Whether the tag is the whole HMAC over the parts. Its time does not tell where they differ. */
export function hmacVerify(hash: HashName, key: Secret, tag: Uint8Array, ...parts: readonly Uint8Array[]): boolean {
  return equalBytes(hmac(hash, key, ...parts), tag)
}

/** Whether both are the same bytes; of equal lengths, in time that does not tell where they differ. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
