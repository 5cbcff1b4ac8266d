import { createCipheriv, timingSafeEqual } from 'node:crypto'
import { type Aead, TAG_SIZE } from './aead.ts'
import { checkOpen, checkSeal } from './aead-arguments.ts'
import { DecryptionError } from './decryption-error.ts'
import { Ghash } from './ghash.ts'
import type { Secret } from './secret.ts'
import { updateInto } from './update-into.ts'

const BLOCK = 16
const zeros = new Uint8Array(BLOCK)

/** The portable twin of the native SM4-GCM (RFC 8998): OpenSSL's sm4-ctr, and GHASH in TypeScript. */
export function portableSm4Gcm(key: Secret): Aead {
  if (key.size !== 16) throw new TypeError(`expected a key of 16 bytes, received ${key.size}`)
  const material = Uint8Array.from(key.bytes())
  const ghash = new Ghash(createCipheriv('sm4-ctr', material, zeros).update(zeros))
  let live = true

  /** The key stream from J0 on (NIST SP 800-38D, 7.1): its first block masks the tag. */
  const start = (nonce: Uint8Array) => {
    if (!live) throw new TypeError('expected a live key, received a disposed one')
    const cipher = createCipheriv('sm4-ctr', material, Buffer.concat([nonce, Uint8Array.of(0, 0, 0, 1)]))
    return { mask: cipher.update(zeros), cipher }
  }
  const tag = (mask: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array) =>
    ghash.hash(aad, ciphertext).map((byte, i) => byte ^ (mask[i] ?? 0))

  return {
    algorithm: 'SM4-GCM',
    seal(nonce, aad, plaintext, into = new Uint8Array(plaintext.length + TAG_SIZE)) {
      checkSeal(nonce, aad, plaintext, into)
      const { mask, cipher } = start(nonce)
      updateInto(cipher, plaintext, into)
      into.set(tag(mask, aad, into.subarray(0, plaintext.length)), plaintext.length)
      return into.subarray(0, plaintext.length + TAG_SIZE)
    },
    open(nonce, aad, sealed, into = new Uint8Array(Math.max(0, sealed.length - TAG_SIZE))) {
      checkOpen(nonce, aad, sealed, into)
      const { mask, cipher } = start(nonce)
      const ciphertext = sealed.subarray(0, sealed.length - TAG_SIZE)
      if (!timingSafeEqual(tag(mask, aad, ciphertext), sealed.subarray(ciphertext.length))) {
        into.fill(0, 0, ciphertext.length)
        throw new DecryptionError()
      }
      updateInto(cipher, ciphertext, into)
      return into.subarray(0, ciphertext.length)
    },
    [Symbol.dispose]() {
      live = false
      material.fill(0)
      ghash.wipe()
    },
  }
}
