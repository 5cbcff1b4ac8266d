import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type EncryptionContext, HufuError, type KeyService } from '@hufu/wire'

/** Counts of what was asked of a key service. */
export interface KeyCalls {
  generateDataKey: number
  decrypt: number
}

/** A key service in this process under one key: for tests only. It can be switched off. */
export interface UnsafeKeys extends KeyService {
  readonly calls: KeyCalls
  /** What every call throws while it is set. */
  failure: HufuError | null
  /** Waited for by every call. */
  pause: Promise<void> | null
}

export function unsafeKeys(key: Uint8Array = randomBytes(32)): UnsafeKeys {
  const keys: UnsafeKeys = {
    calls: { generateDataKey: 0, decrypt: 0 },
    failure: null,
    pause: null,
    async generateDataKey({ keyId, context = {} }) {
      keys.calls.generateDataKey++
      await permitted()
      const plaintext = new Uint8Array(randomBytes(32))
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(contextBytes(context))
      const ciphertext = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
      return { plaintext, ciphertext, keyId: `arn:aws:kms:local-1:000000000001:key/${keyId}` }
    },
    async decrypt({ ciphertext, context = {}, keyId = '' }) {
      keys.calls.decrypt++
      await permitted()
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, 12)).setAAD(contextBytes(context))
        decipher.setAuthTag(ciphertext.subarray(-16))
        const plaintext = new Uint8Array(
          Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()]),
        )
        return { plaintext, keyId }
      } catch (cause) {
        throw new HufuError('DecryptionFailed', 'the data key is not of this key and context', { cause })
      }
    },
    encrypt: () => Promise.reject(new HufuError('NotSupported', 'only data keys')),
    reEncrypt: () => Promise.reject(new HufuError('NotSupported', 'only data keys')),
  }
  const permitted = async () => {
    await keys.pause
    if (keys.failure !== null) throw keys.failure
  }
  return keys
}

const contextBytes = (context: EncryptionContext): Buffer => Buffer.from(JSON.stringify(Object.entries(context).sort()))
