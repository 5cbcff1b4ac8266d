import { createCipheriv, createDecipheriv } from 'node:crypto'
import { DecryptionError } from './decryption-error.ts'
import { Secret } from './secret.ts'

/** The alternative initial value that the padded form begins with (RFC 5649, 3). */
const ALTERNATIVE_IV = Buffer.from('A65959A6', 'hex')
const BLOCK = 8
/** Bytes of the longest key: far above an RSA-4096 key in PKCS#8, which has about 2,400. */
export const KEY_WRAP_MAX = 65_536

/** Bytes of a wrapped key: padded to 8, and 8 more. */
export const wrappedKeySize = (keySize: number): number => Math.ceil(keySize / BLOCK) * BLOCK + BLOCK

/** AES-KWP (RFC 5649; NIST SP 800-38F, 6.3): 1 to 65,536 bytes under a key-encryption key of 16, 24 or 32. */
export function wrapKey(kek: Secret, key: Secret): Uint8Array {
  if (key.size === 0 || key.size > KEY_WRAP_MAX)
    throw new TypeError(`expected a key of 1 to ${KEY_WRAP_MAX} bytes, received ${key.size}`)
  const cipher = createCipheriv(cipherName(kek), kek.bytes(), ALTERNATIVE_IV)
  return Buffer.concat([cipher.update(key.bytes()), cipher.final()])
}

/** The key that `wrapKey` wrapped. Throws `DecryptionError` for everything else. */
export function unwrapKey(kek: Secret, wrapped: Uint8Array): Secret {
  const name = cipherName(kek)
  if (wrapped.length < 2 * BLOCK || wrapped.length % BLOCK !== 0 || wrapped.length > wrappedKeySize(KEY_WRAP_MAX))
    throw new DecryptionError()
  const decipher = createDecipheriv(name, kek.bytes(), ALTERNATIVE_IV)
  try {
    const key = decipher.update(wrapped)
    decipher.final()
    return Secret.take(key)
  } catch (cause) {
    throw new DecryptionError({ cause })
  }
}

function cipherName(kek: Secret): string {
  const names: Record<number, string> = { 16: 'id-aes128-wrap-pad', 24: 'id-aes192-wrap-pad', 32: 'id-aes256-wrap-pad' }
  const name = names[kek.size]
  if (name === undefined)
    throw new TypeError(`expected a key-encryption key of 16, 24 or 32 bytes, received ${kek.size}`)
  return name
}
