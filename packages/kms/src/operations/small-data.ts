import type { DataKey, Decrypted, DecryptInput, Encrypted, EncryptInput, GenerateDataKeyInput } from '@hufu/wire'
import { type ForRecipient, forRecipient } from '../algorithms/recipient.ts'
import { decodeBlob } from '../ciphertext/blob.ts'
import { checkSameKey, givenBlob } from '../ciphertext/named-key.ts'
import type { Call } from '../kms.ts'
import { checkPlaintext, checkRandomSize } from '../limits.ts'

export function encrypt(call: Call, { keyId, plaintext, context }: EncryptInput): Promise<Encrypted> {
  return call.use({ action: 'Encrypt', keyName: keyId, needs: 'encrypt', context }, async (key) => {
    checkPlaintext(plaintext)
    return { ciphertext: await call.kms.blobs.seal(key, plaintext, context), keyId: call.arn(key) }
  })
}

export function decrypt(call: Call, input: DecryptInput & ForRecipient): Promise<Decrypted> {
  const { ciphertext, context, keyId, recipient } = input
  const blob = decodeBlob(ciphertext)
  const request = { action: 'Decrypt', keyName: blob?.keyId ?? null, needs: 'decrypt', context } as const
  return call.use(request, async (key) => {
    if (keyId !== undefined) await checkSameKey(call.kms.ring, key, keyId)
    const plaintext = await call.kms.blobs.open(key, givenBlob(blob), context)
    return { plaintext: forRecipient(plaintext, recipient), keyId: call.arn(key) }
  })
}

export function generateDataKey(call: Call, input: GenerateDataKeyInput & ForRecipient): Promise<DataKey> {
  const { keyId, numberOfBytes = 32, context, recipient } = input
  return call.use({ action: 'GenerateDataKey', keyName: keyId, needs: 'encrypt', context }, async (key) => {
    const drawn = call.kms.backend.random(checkRandomSize(numberOfBytes))
    const plaintext = drawn instanceof Uint8Array ? drawn : await drawn
    const ciphertext = await call.kms.blobs.seal(key, plaintext, context)
    return { plaintext: forRecipient(plaintext, recipient), ciphertext, keyId: call.arn(key) }
  })
}

export function generateRandom(call: Call, numberOfBytes: number): Promise<Uint8Array> {
  return call.run({ action: 'GenerateRandom' }, async () => call.kms.backend.random(checkRandomSize(numberOfBytes)))
}
