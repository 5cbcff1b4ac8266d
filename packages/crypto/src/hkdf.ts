import { hkdfSync } from 'node:crypto'
import { Secret } from './secret.ts'

export type HkdfHash = 'sha256' | 'sm3'

/** HKDF (RFC 5869), extract and expand in one: `size` bytes from the key, salt and info. */
export function hkdf(hash: HkdfHash, key: Secret, salt: Uint8Array, info: Uint8Array, size: number): Secret {
  return Secret.take(new Uint8Array(hkdfSync(hash, key.bytes(), salt, info, size)))
}
