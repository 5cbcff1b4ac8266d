import { z } from 'zod'
import type { ForRecipient } from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import type { DataKey, Encrypted, EncryptionContext, GenerateDataKeyInput } from '../key-service.ts'
import { contextMap, contextText, encodeBase64, integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon, dataKeySize, dataKeySpec, noCluster, noTags, recipient } from './common-fields.ts'
import { dataKeyDescription, dataKeyName } from './data-key-fields.ts'
import { recipientOf, tencentRecipient } from './recipient-fields.ts'

const tencentHosting = {
  IsHostedByKms: integer(0, 1, 'InvalidType').default(0),
  DataKeyName: dataKeyName.optional(),
  Description: dataKeyDescription.default(''),
  Tags: noTags,
  HsmClusterId: noCluster,
}

const isHostable = (given: {
  readonly IsHostedByKms: number
  readonly DataKeyName?: string | undefined
  readonly EncryptionContext?: EncryptionContext | undefined
}): boolean => given.IsHostedByKms === 0 || (given.DataKeyName !== undefined && given.EncryptionContext === undefined)

const awsDataKeyRequest = z
  .strictObject({
    KeyId: keyName,
    KeySpec: dataKeySpec.optional(),
    NumberOfBytes: integer(1, 1024).optional(),
    EncryptionContext: contextMap.optional(),
    ...awsCommon,
    ...recipient,
  })
  .refine(({ KeySpec, NumberOfBytes }) => (KeySpec === undefined) !== (NumberOfBytes === undefined), {
    error: 'expected one of KeySpec and NumberOfBytes',
  })
  .transform(({ KeyId, KeySpec, NumberOfBytes, EncryptionContext = {} }) => ({
    keyId: KeyId,
    numberOfBytes: dataKeySize(KeySpec, NumberOfBytes),
    context: EncryptionContext,
  }))

/** How a data key is hosted, when Tencent's clients ask for that. */
interface Hosting {
  readonly name: string
  readonly description: string
}

interface MaybeHosted extends DataKey {
  readonly dataKeyId?: string
}

const generateDataKey = action<GenerateDataKeyInput & ForRecipient & { readonly host?: Hosting }, MaybeHosted>({
  permission: 'kms:GenerateDataKey',
  changes: false,
  call: (keys, { host, ...input }) =>
    host === undefined ? keys.generateDataKey(input) : keys.hostDataKey({ ...input, ...host }),
  tencent: {
    name: 'GenerateDataKey',
    request: z
      .strictObject({
        KeyId: keyName,
        KeySpec: dataKeySpec.optional(),
        NumberOfBytes: integer(1, 1024).optional(),
        EncryptionContext: contextText.optional(),
        ...tencentRecipient,
        ...tencentHosting,
      })
      .refine(isHostable, { error: 'expected DataKeyName, and no EncryptionContext, of a hosted data key' })
      .transform(({ KeyId, KeySpec, NumberOfBytes, EncryptionContext = {}, ...more }) => ({
        keyId: KeyId,
        numberOfBytes: dataKeySize(KeySpec, NumberOfBytes),
        context: EncryptionContext,
        ...recipientOf(more.EncryptionPublicKey, more.EncryptionAlgorithm),
        ...(more.IsHostedByKms === 0 ? {} : { host: { name: more.DataKeyName ?? '', description: more.Description } }),
      })),
    answer: ({ keyId, plaintext, ciphertext, dataKeyId }) => ({
      KeyId: keyIdOfArn(keyId),
      Plaintext: encodeBase64(plaintext),
      CiphertextBlob: encodeBase64(ciphertext),
      ...(dataKeyId === undefined ? {} : { DataKeyId: dataKeyId, TagCode: 0, TagMsg: '' }),
    }),
  },
  aws: {
    name: 'GenerateDataKey',
    request: awsDataKeyRequest,
    answer: ({ keyId, plaintext, ciphertext }) => ({
      KeyId: keyId,
      Plaintext: encodeBase64(plaintext),
      CiphertextBlob: encodeBase64(ciphertext),
    }),
  },
})

/** The same, for later: the plaintext is dropped before it can be answered. */
const generateDataKeyWithoutPlaintext = action<GenerateDataKeyInput, Encrypted>({
  permission: 'kms:GenerateDataKey',
  changes: false,
  async call(keys, input) {
    const { plaintext, ...encrypted } = await keys.generateDataKey(input)
    plaintext.fill(0)
    return encrypted
  },
  aws: {
    name: 'GenerateDataKeyWithoutPlaintext',
    request: awsDataKeyRequest,
    answer: ({ keyId, ciphertext }) => ({ KeyId: keyId, CiphertextBlob: encodeBase64(ciphertext) }),
  },
})

export const dataKeys: readonly Action[] = [generateDataKey, generateDataKeyWithoutPlaintext]
