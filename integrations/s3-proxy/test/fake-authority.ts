import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import {
  type Authority,
  type EncryptionContext,
  HufuError,
  type KeyEvent,
  type KeyService,
  sigV4SigningKey,
} from '@hufu/wire'

/** A stand-in for the KMS, for tests of what is around it: one key in memory, users by access key, switches. */
export class FakeAuthority implements Authority {
  readonly keyId = 'arn:aws:kms:local-1:000000000001:key/11111111-2222-3333-4444-555555555555'
  readonly users = new Map([['AKIATEST', 'test-secret']])
  /** Users that the key's policy refuses. */
  readonly denied = new Set<string>()
  readonly calls = { decrypt: 0, generateDataKey: 0 }
  enabled = true
  connected = true
  readonly #key = randomBytes(32)
  readonly #listeners = new Set<(event: KeyEvent) => void>()

  readonly events = {
    connected: true,
    subscribe: (listener: (event: KeyEvent) => void) => {
      this.#listeners.add(listener)
      return () => this.#listeners.delete(listener)
    },
  }

  async signer(accessKeyId: string, scope: { date: string; region: string; service: string }) {
    const secret = this.users.get(accessKeyId)
    if (secret === undefined) return null
    return {
      accessKeyId,
      principal: `arn:aws:iam::000000000001:user/${accessKeyId}`,
      signingKey: sigV4SigningKey(secret, scope),
      keys: this.#keys(accessKeyId),
    }
  }

  setEnabled(enabled: boolean): void {
    this.enabled = enabled
    for (const listener of this.#listeners) listener({ keyId: this.keyId.split('/')[1] ?? '', change: 'state' })
  }

  #keys(accessKeyId: string): KeyService {
    const check = (): void => {
      if (this.denied.has(accessKeyId)) throw new HufuError('AccessDenied', 'the key policy does not allow it')
      if (!this.enabled) throw new HufuError('KeyDisabled', `the key ${this.keyId} is disabled`)
    }
    const refuse = async (): Promise<never> => {
      throw new HufuError('NotSupported', 'the fake does not do this')
    }
    return {
      encrypt: refuse,
      reEncrypt: refuse,
      generateDataKey: async ({ numberOfBytes = 32, context = {} }) => {
        check()
        this.calls.generateDataKey++
        const plaintext = randomBytes(numberOfBytes)
        return { plaintext, ciphertext: this.#seal(plaintext, context), keyId: this.keyId }
      },
      decrypt: async ({ ciphertext, context = {} }) => {
        check()
        this.calls.decrypt++
        return { plaintext: this.#open(ciphertext, context), keyId: this.keyId }
      },
    }
  }

  #seal(plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(contextBytes(context))
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  }

  #open(ciphertext: Uint8Array, context: EncryptionContext): Uint8Array {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, ciphertext.subarray(0, 12))
    decipher.setAAD(contextBytes(context)).setAuthTag(ciphertext.subarray(-16))
    try {
      return Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()])
    } catch (cause) {
      throw new HufuError('DecryptionFailed', 'the ciphertext is not of this key and context', { cause })
    }
  }
}

const contextBytes = (context: EncryptionContext): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(context).sort()))
    .digest()
