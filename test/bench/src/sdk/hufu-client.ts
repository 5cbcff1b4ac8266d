import { randomBytes } from 'node:crypto'
import { Hufu } from '@hufu/sdk'
import type { KeyService } from '@hufu/wire'

/** A client whose data key is cached: what is measured is the SDK, not a network. */
export const hufuClient = (): Hufu =>
  new Hufu({
    regions: [{ name: 'bench', provider: 'hufu', keys, events: { connected: true, subscribe: () => () => {} } }],
  })

const wrapped = randomBytes(32)

const keys: KeyService = {
  generateDataKey: async ({ keyId }) => ({
    plaintext: Uint8Array.from(wrapped),
    ciphertext: Uint8Array.from(wrapped),
    keyId,
  }),
  encrypt: async ({ keyId, plaintext }) => ({ ciphertext: Uint8Array.from(plaintext), keyId }),
  decrypt: async ({ ciphertext, keyId = '' }) => ({ plaintext: Uint8Array.from(ciphertext), keyId }),
  reEncrypt: () => Promise.reject(new Error('not measured')),
}
