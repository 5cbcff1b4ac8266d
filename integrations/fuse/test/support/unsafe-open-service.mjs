// A key service that wraps nothing, for volumes that several processes of a test open.
const keyId = 'arn:aws:kms:test-1:000000000001:key/00000000-0000-4000-8000-000000000000'
const unused = () => Promise.reject(new Error('not in this test'))

export const unsafeOpenService = {
  encrypt: async ({ plaintext }) => ({ keyId, ciphertext: Uint8Array.from(plaintext) }),
  decrypt: async ({ ciphertext }) => ({ keyId, plaintext: Uint8Array.from(ciphertext) }),
  generateDataKey: unused,
  reEncrypt: unused,
}
