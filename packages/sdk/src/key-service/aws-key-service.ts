import { encodeBase64, type KeyService } from '@hufu/wire'
import type { AwsApi } from '../wire/aws-api.ts'
import { dataKey, decrypted, encrypted, readAs, reEncrypted } from './answers.ts'

/** Keys by the AWS wire. */
export const awsKeyService = (api: AwsApi): KeyService => ({
  encrypt: async ({ keyId, plaintext, context }, options) =>
    readAs(
      encrypted,
      await api.call('Encrypt', { KeyId: keyId, EncryptionContext: context }, { ...options, plaintext }),
    ),
  decrypt: async ({ keyId, ciphertext, context }, options) =>
    readAs(
      decrypted,
      await api.call(
        'Decrypt',
        { KeyId: keyId, CiphertextBlob: encodeBase64(ciphertext), EncryptionContext: context },
        { ...options, secret: true },
      ),
    ),
  generateDataKey: async ({ keyId, numberOfBytes = 32, context }, options) =>
    readAs(
      dataKey,
      await api.call(
        'GenerateDataKey',
        { KeyId: keyId, NumberOfBytes: numberOfBytes, EncryptionContext: context },
        { ...options, secret: true },
      ),
    ),
  async reEncrypt({ ciphertext, sourceContext, destinationKeyId, destinationContext }, options) {
    const parameters = {
      CiphertextBlob: encodeBase64(ciphertext),
      SourceEncryptionContext: sourceContext,
      DestinationKeyId: destinationKeyId,
      DestinationEncryptionContext: destinationContext ?? sourceContext,
    }
    return readAs(reEncrypted, await api.call('ReEncrypt', parameters, options))
  },
})
