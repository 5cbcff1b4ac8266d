import { z } from 'zod'
import { keyIdOfArn } from '../key-name.ts'
import type { DataKey, Decrypted, DecryptInput, Encrypted, EncryptInput, GenerateDataKeyInput } from '../key-service.ts'
import { base64, contextMap, contextText, encodeBase64, integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsCommon, dataKeySize, dataKeySpec, recipient } from './common-fields.ts'

const plaintext = base64(1, 4096, 'PlaintextTooLarge')
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
        EncryptionAlgorithm: z.literal('SYMMETRIC_DEFAULT').optional(),
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
        EncryptionAlgorithm: z.literal('SYMMETRIC_DEFAULT').optional(),
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

export const cryptography: readonly Action[] = [encrypt, decrypt, generateDataKey, generateRandom]
