import { createHmac } from 'node:crypto'
import { HASH_SIZE, type HashName } from './hmac.ts'
import { Secret } from './secret.ts'

export type HkdfHash = HashName

/** Bytes of the most that one expansion makes (RFC 5869, 2.3). */
export const HKDF_MAX = 255 * HASH_SIZE

/** HKDF-Extract (RFC 5869, 2.2): a 32-byte pseudorandom key. An empty salt is 32 zeros. */
export function hkdfExtract(hash: HkdfHash, salt: Uint8Array, key: Secret): Secret {
  return Secret.take(createHmac(hash, salt).update(key.bytes()).digest())
}

/** HKDF-Expand (RFC 5869, 2.3): `size` bytes, 1 to 8,160. */
export function hkdfExpand(hash: HkdfHash, pseudorandomKey: Secret, info: Uint8Array, size: number): Secret {
  if (!Number.isInteger(size) || size < 1 || size > HKDF_MAX)
    throw new TypeError(`expected 1 to ${HKDF_MAX} bytes to derive, received ${size}`)
  const blocks = new Uint8Array(Math.ceil(size / HASH_SIZE) * HASH_SIZE)
  for (let at = 0; at < blocks.length; at += HASH_SIZE) {
    const previous = blocks.subarray(Math.max(0, at - HASH_SIZE), at)
    const counter = Uint8Array.of(at / HASH_SIZE + 1)
    const block = createHmac(hash, pseudorandomKey.bytes()).update(previous).update(info).update(counter).digest()
    blocks.set(block, at)
    block.fill(0)
  }
  return takeFirst(blocks, size)
}

/** HKDF (RFC 5869), extract and expand in one: `size` bytes from the key, salt and info. */
export function hkdf(hash: HkdfHash, key: Secret, salt: Uint8Array, info: Uint8Array, size: number): Secret {
  using pseudorandomKey = hkdfExtract(hash, salt, key)
  return hkdfExpand(hash, pseudorandomKey, info, size)
}

function takeFirst(blocks: Uint8Array, size: number): Secret {
  const derived = Secret.take(blocks.subarray(0, size))
  blocks.fill(0)
  return derived
}
