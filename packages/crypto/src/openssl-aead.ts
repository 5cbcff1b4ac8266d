import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type Aead, type AeadAlgorithm, NONCE_SIZE, TAG_SIZE } from './aead.ts'
import { DecryptionError } from './decryption-error.ts'
import type { Secret } from './secret.ts'

/** The portable twin of the native AEAD, over node:crypto. */
export function opensslAead(algorithm: AeadAlgorithm, key: Secret): Aead {
  if (algorithm !== 'AES-256-GCM') throw new TypeError(`expected AES-256-GCM, received ${algorithm}`)
  const material = Uint8Array.from(key.bytes())
  return {
    algorithm,
    seal(nonce, aad, plaintext, into = new Uint8Array(plaintext.length + TAG_SIZE)) {
      checkNonce(nonce)
      if (into.length < plaintext.length + TAG_SIZE) throw new TypeError('expected room for the plaintext and a tag')
      const cipher = createCipheriv('aes-256-gcm', material, nonce)
      cipher.setAAD(aad)
      into.set(cipher.update(plaintext), 0)
      cipher.final()
      into.set(cipher.getAuthTag(), plaintext.length)
      return into.subarray(0, plaintext.length + TAG_SIZE)
    },
    open(nonce, aad, sealed, into = new Uint8Array(Math.max(0, sealed.length - TAG_SIZE))) {
      checkNonce(nonce)
      const size = sealed.length - TAG_SIZE
      if (size < 0) throw new DecryptionError()
      if (into.length < size) throw new TypeError('expected room for the plaintext')
      const decipher = createDecipheriv('aes-256-gcm', material, nonce)
      decipher.setAAD(aad)
      decipher.setAuthTag(sealed.subarray(size))
      const plaintext = decipher.update(sealed.subarray(0, size))
      try {
        decipher.final()
      } catch (cause) {
        plaintext.fill(0)
        throw new DecryptionError({ cause })
      }
      into.set(plaintext, 0)
      return into.subarray(0, size)
    },
    [Symbol.dispose]() {
      material.fill(0)
    },
  }
}

function checkNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_SIZE)
    throw new TypeError(`expected a nonce of ${NONCE_SIZE} bytes, received ${nonce.length}`)
}
