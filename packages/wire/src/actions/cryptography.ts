import { z } from 'zod'
import { keyIdOfArn } from '../key-name.ts'
import type {
  DataKey,
  Decrypted,
  DecryptInput,
  Encrypted,
  EncryptInput,
  EncryptionContext,
  GenerateDataKeyInput,
  ReEncrypted,
  ReEncryptInput,
} from '../key-service.ts'
import { base64, contextMap, contextText, encodeBase64, integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon, dataKeySize, dataKeySpec, recipient } from './common-fields.ts'

const plaintext = base64(1, 4096, 'PlaintextTooLarge')
const symmetricDefault = z.literal('SYMMETRIC_DEFAULT').optional()
const ciphertext = base64(1, 6144, 'DecryptionFailed')

const encrypt = action<EncryptInput, Encrypted>({
  permission: 'kms:Encrypt',
  changes: false,
  call: (keys, input) => keys.encrypt(input),
  tencent: {
    name: 'Encrypt',
    request: z
      .strictObject({ KeyId: keyName, Plaintext: plaintext, EncryptionContext: contextText.optional() })
      .transform(({ KeyId, Plaintext, EncryptionContext = {} }) => ({
        keyId: KeyId,
        plaintext: Plaintext,
        context: EncryptionContext,
      })),
    answer: ({ keyId, ciphertext }) => ({ KeyId: keyIdOfArn(keyId), CiphertextBlob: encodeBase64(ciphertext) }),
  },
  aws: {
    name: 'Encrypt',
    request: z
      .strictObject({
        KeyId: keyName,
        Plaintext: plaintext,
        EncryptionContext: contextMap.optional(),
        EncryptionAlgorithm: symmetricDefault,
        ...awsCommon,
      })
      .transform(({ KeyId, Plaintext, EncryptionContext = {} }) => ({
        keyId: KeyId,
        plaintext: Plaintext,
        context: EncryptionContext,
      })),
    answer: ({ keyId, ciphertext }) => ({
      KeyId: keyId,
      CiphertextBlob: encodeBase64(ciphertext),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    }),
  },
})

const decrypt = action<DecryptInput, Decrypted>({
  permission: 'kms:Decrypt',
  changes: false,
  call: (keys, input) => keys.decrypt(input),
  tencent: {
    name: 'Decrypt',
    request: z
      .strictObject({ CiphertextBlob: ciphertext, EncryptionContext: contextText.optional() })
      .transform(({ CiphertextBlob, EncryptionContext = {} }) => ({
        ciphertext: CiphertextBlob,
        context: EncryptionContext,
      })),
    answer: ({ keyId, plaintext }) => ({ KeyId: keyIdOfArn(keyId), Plaintext: encodeBase64(plaintext) }),
  },
  aws: {
    name: 'Decrypt',
    request: z
      .strictObject({
        CiphertextBlob: ciphertext,
        EncryptionContext: contextMap.optional(),
        KeyId: keyName.optional(),
        EncryptionAlgorithm: symmetricDefault,
        ...awsCommon,
        ...recipient,
      })
      .transform(({ CiphertextBlob, EncryptionContext = {}, KeyId }) => ({
        ciphertext: CiphertextBlob,
        context: EncryptionContext,
        ...(KeyId === undefined ? {} : { keyId: KeyId }),
      })),
    answer: ({ keyId, plaintext }) => ({
      KeyId: keyId,
      Plaintext: encodeBase64(plaintext),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    }),
  },
})

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

const generateDataKey = action<GenerateDataKeyInput, DataKey>({
  permission: 'kms:GenerateDataKey',
  changes: false,
  call: (keys, input) => keys.generateDataKey(input),
  tencent: {
    name: 'GenerateDataKey',
    request: z
      .strictObject({
        KeyId: keyName,
        KeySpec: dataKeySpec.optional(),
        NumberOfBytes: integer(1, 1024).optional(),
        EncryptionContext: contextText.optional(),
      })
      .transform(({ KeyId, KeySpec, NumberOfBytes, EncryptionContext = {} }) => ({
        keyId: KeyId,
        numberOfBytes: dataKeySize(KeySpec, NumberOfBytes),
        context: EncryptionContext,
      })),
    answer: ({ keyId, plaintext, ciphertext }) => ({
      KeyId: keyIdOfArn(keyId),
      Plaintext: encodeBase64(plaintext),
      CiphertextBlob: encodeBase64(ciphertext),
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

const reEncrypt = action<ReEncryptInput, ReEncrypted>({
  permission: 'kms:ReEncrypt',
  changes: false,
  call: (keys, input) => keys.reEncrypt(input),
  tencent: {
    name: 'ReEncrypt',
    request: z
      .strictObject({
        CiphertextBlob: ciphertext,
        DestinationKeyId: keyName.optional(),
        SourceEncryptionContext: contextText.optional(),
        DestinationEncryptionContext: contextText.optional(),
      })
      .transform((given) => reEncryptInput(given)),
    answer: ({ keyId, ciphertext, sourceKeyId, reEncrypted }) => ({
      CiphertextBlob: encodeBase64(ciphertext),
      KeyId: keyIdOfArn(keyId),
      SourceKeyId: keyIdOfArn(sourceKeyId),
      ReEncrypted: reEncrypted,
    }),
  },
  aws: {
    name: 'ReEncrypt',
    request: z
      .strictObject({
        CiphertextBlob: ciphertext,
        DestinationKeyId: keyName,
        SourceKeyId: keyName.optional(),
        SourceEncryptionContext: contextMap.optional(),
        DestinationEncryptionContext: contextMap.default({}),
        SourceEncryptionAlgorithm: symmetricDefault,
        DestinationEncryptionAlgorithm: symmetricDefault,
        ...awsCommon,
      })
      .transform((given) => reEncryptInput(given)),
    answer: ({ keyId, ciphertext, sourceKeyId }) => ({
      CiphertextBlob: encodeBase64(ciphertext),
      KeyId: keyId,
      SourceKeyId: sourceKeyId,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    }),
  },
})

interface ReEncryptRequest {
  readonly CiphertextBlob: Uint8Array
  readonly DestinationKeyId?: string | undefined
  readonly SourceKeyId?: string | undefined
  readonly SourceEncryptionContext?: EncryptionContext | undefined
  readonly DestinationEncryptionContext?: EncryptionContext | undefined
}

const reEncryptInput = (given: ReEncryptRequest): ReEncryptInput => ({
  ciphertext: given.CiphertextBlob,
  sourceContext: given.SourceEncryptionContext ?? {},
  ...(given.SourceKeyId === undefined ? {} : { sourceKeyId: given.SourceKeyId }),
  ...(given.DestinationKeyId === undefined ? {} : { destinationKeyId: given.DestinationKeyId }),
  ...(given.DestinationEncryptionContext === undefined
    ? {}
    : { destinationContext: given.DestinationEncryptionContext }),
})

const generateRandom = action<{ numberOfBytes: number }, Uint8Array>({
  permission: 'kms:GenerateRandom',
  changes: false,
  call: (keys, { numberOfBytes }) => keys.generateRandom(numberOfBytes),
  tencent: {
    name: 'GenerateRandom',
    request: z
      .strictObject({ NumberOfBytes: integer(1, 1024) })
      .transform(({ NumberOfBytes }) => ({ numberOfBytes: NumberOfBytes })),
    answer: (bytes) => ({ Plaintext: encodeBase64(bytes) }),
  },
  aws: {
    name: 'GenerateRandom',
    request: z
      .strictObject({ NumberOfBytes: integer(1, 1024), ...recipient })
      .transform(({ NumberOfBytes }) => ({ numberOfBytes: NumberOfBytes })),
    answer: (bytes) => ({ Plaintext: encodeBase64(bytes) }),
  },
})

export const cryptography: readonly Action[] = [
  encrypt,
  decrypt,
  reEncrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
]
