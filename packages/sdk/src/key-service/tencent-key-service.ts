import { type EncryptionContext, encodeBase64, HufuError, type KeyService } from '@hufu/wire'
import type { TencentApi } from '../wire/tencent-api.ts'
import { dataKey, decrypted, encrypted, readAs, reEncrypted } from './answers.ts'

/** Keys by the Tencent wire, which writes a context as a JSON text. */
export const tencentKeyService = (api: TencentApi): KeyService => ({
  encrypt: async ({ keyId, plaintext, context }, options) =>
    readAs(encrypted, await api.call('Encrypt', { KeyId: keyId, ...contextText(context) }, { ...options, plaintext })),
  async decrypt({ keyId, ciphertext, context }, options) {
    const parameters = { CiphertextBlob: encodeBase64(ciphertext), ...contextText(context) }
    const opened = readAs(decrypted, await api.call('Decrypt', parameters, { ...options, secret: true }))
    if (keyId === undefined || keyId === opened.keyId) return opened
    opened.plaintext.fill(0)
    throw new HufuError('KeyMismatch', `expected a ciphertext of key ${keyId}, received one of ${opened.keyId}`)
  },
  generateDataKey: async ({ keyId, numberOfBytes = 32, context }, options) =>
    readAs(
      dataKey,
      await api.call(
        'GenerateDataKey',
        { KeyId: keyId, NumberOfBytes: numberOfBytes, ...contextText(context) },
        { ...options, secret: true },
      ),
    ),
  async reEncrypt({ ciphertext, sourceContext, destinationKeyId, destinationContext }, options) {
    const parameters = {
      CiphertextBlob: encodeBase64(ciphertext),
      SourceEncryptionContext: contextText(sourceContext).EncryptionContext,
      DestinationKeyId: destinationKeyId,
      DestinationEncryptionContext: contextText(destinationContext ?? sourceContext).EncryptionContext,
    }
    return readAs(reEncrypted, await api.call('ReEncrypt', parameters, options))
  },
})

const contextText = (context: EncryptionContext = {}): { readonly EncryptionContext?: string } =>
  Object.keys(context).length === 0 ? {} : { EncryptionContext: JSON.stringify(context) }
