import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { defineEncryption } from '../../dist/index.js'

/** The encryption that the killed process and the test share, by the bytes of their key: for tests only. */
export function killEncryption(key) {
  const kms = {
    async generateDataKey({ keyId, context = {} }) {
      const plaintext = new Uint8Array(randomBytes(32))
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(contextBytes(context))
      const ciphertext = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
      return { plaintext, ciphertext, keyId }
    },
    async decrypt({ ciphertext, keyId, context = {} }) {
      const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, 12))
        .setAAD(contextBytes(context))
        .setAuthTag(ciphertext.subarray(-16))
      return {
        plaintext: new Uint8Array(Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()])),
        keyId,
      }
    },
  }
  return defineEncryption({
    kms,
    columns: { 'people.email': { key: 'alias/app', type: 'text', search: ['equality'] } },
  })
}

const contextBytes = (context) => Buffer.from(JSON.stringify(Object.entries(context).sort()))
