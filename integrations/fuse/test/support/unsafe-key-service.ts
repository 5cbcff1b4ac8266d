import { aead, DecryptionError, Secret } from '@hufu/crypto'
import { HufuError, type KeyService } from '@hufu/wire'

/** A key service of one static key, for tests: `state` says how it answers. */
export interface UnsafeKeyService extends KeyService {
  state: 'up' | 'disabled' | 'down' | 'busy' | 'silent'
}

export function unsafeKeyService(): UnsafeKeyService {
  const cipher = aead('AES-256-GCM', Secret.random(32))
  const nonce = new Uint8Array(12)
  const keyId = 'arn:aws:kms:test-1:000000000001:key/00000000-0000-4000-8000-000000000000'
  const aad = (context = {}) => Buffer.from(JSON.stringify(context))
  const answer = async () => {
    if (service.state === 'silent') await new Promise(() => {})
    if (service.state === 'disabled') throw new HufuError('KeyDisabled', 'the key is disabled')
    if (service.state === 'down') throw new HufuError('Unavailable', 'nobody answers')
    if (service.state === 'busy') throw new HufuError('RequestLimitExceeded', 'too many ask')
  }
  const service: UnsafeKeyService = {
    state: 'up',
    async encrypt({ plaintext, context }) {
      await answer()
      return { keyId, ciphertext: cipher.seal(nonce, aad(context), plaintext) }
    },
    async decrypt({ ciphertext, context }) {
      await answer()
      try {
        return { keyId, plaintext: cipher.open(nonce, aad(context), ciphertext) }
      } catch (error) {
        if (error instanceof DecryptionError) throw new HufuError('DecryptionFailed', error.message)
        throw error
      }
    },
    generateDataKey: () => Promise.reject(new HufuError('NotSupported', 'not in this test')),
    reEncrypt: () => Promise.reject(new HufuError('NotSupported', 'not in this test')),
  }
  return service
}
