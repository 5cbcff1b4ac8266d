import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type Aead, type AeadAlgorithm, TAG_SIZE } from './aead.ts'
import { checkOpen, checkSeal } from './aead-arguments.ts'
import { DecryptionError } from './decryption-error.ts'
import { portableSm4Gcm } from './portable-sm4-gcm.ts'
import type { Secret } from './secret.ts'
import { updateInto } from './update-into.ts'

/** The portable twin of the native AEAD, over node:crypto. */
export const opensslAead = (algorithm: AeadAlgorithm, key: Secret): Aead =>
  algorithm === 'SM4-GCM' ? portableSm4Gcm(key) : portableAesGcm(key)

function portableAesGcm(key: Secret): Aead {
  if (key.size !== 32) throw new TypeError(`expected a key of 32 bytes, received ${key.size}`)
  const material = Uint8Array.from(key.bytes())
  let live = true
  const liveKey = () => {
    if (!live) throw new TypeError('expected a live key, received a disposed one')
    return material
  }
  return {
    algorithm: 'AES-256-GCM',
    seal(nonce, aad, plaintext, into = new Uint8Array(plaintext.length + TAG_SIZE)) {
      checkSeal(nonce, aad, plaintext, into)
      const cipher = createCipheriv('aes-256-gcm', liveKey(), nonce)
      cipher.setAAD(aad)
      updateInto(cipher, plaintext, into)
      cipher.final()
      into.set(cipher.getAuthTag(), plaintext.length)
      return into.subarray(0, plaintext.length + TAG_SIZE)
    },
    open(nonce, aad, sealed, into = new Uint8Array(Math.max(0, sealed.length - TAG_SIZE))) {
      checkOpen(nonce, aad, sealed, into)
      const ciphertext = sealed.subarray(0, sealed.length - TAG_SIZE)
      const decipher = createDecipheriv('aes-256-gcm', liveKey(), nonce)
      decipher.setAAD(aad)
      decipher.setAuthTag(sealed.subarray(ciphertext.length))
      updateInto(decipher, ciphertext, into)
      try {
        decipher.final()
      } catch (cause) {
        into.fill(0, 0, ciphertext.length)
        throw new DecryptionError({ cause })
      }
      return into.subarray(0, ciphertext.length)
    },
    [Symbol.dispose]() {
      live = false
      material.fill(0)
    },
  }
}
