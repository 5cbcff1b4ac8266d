import { HASH_SIZE, type HashName } from './hash-engine.ts'
import { hashEngine } from './hash-engines.ts'
import { Secret } from './secret.ts'

export type HkdfHash = HashName

/** Bytes of the most that one expansion makes (RFC 5869, 2.3). */
export const HKDF_MAX = 255 * HASH_SIZE

/** HKDF-Extract (RFC 5869, 2.2): a 32-byte pseudorandom key. An empty salt is 32 zeros. */
export const hkdfExtract = (hash: HkdfHash, salt: Uint8Array, key: Secret): Secret =>
  Secret.take(hashEngine.hmac(hash, salt, [key.bytes()]))

/** HKDF-Expand (RFC 5869, 2.3): `size` bytes, 1 to 8,160. */
export function hkdfExpand(hash: HkdfHash, pseudorandomKey: Secret, info: Uint8Array, size: number): Secret {
  if (!Number.isInteger(size) || size < 1 || size > HKDF_MAX)
    throw new TypeError(`expected 1 to ${HKDF_MAX} bytes to derive, received ${size}`)
  const derived = new Uint8Array(size)
  hashEngine.hkdfExpand(hash, pseudorandomKey.bytes(), info, derived)
  return Secret.take(derived)
}

/** HKDF (RFC 5869), extract and expand in one: `size` bytes from the key, salt and info. */
export function hkdf(hash: HkdfHash, key: Secret, salt: Uint8Array, info: Uint8Array, size: number): Secret {
  using pseudorandomKey = hkdfExtract(hash, salt, key)
  return hkdfExpand(hash, pseudorandomKey, info, size)
}
