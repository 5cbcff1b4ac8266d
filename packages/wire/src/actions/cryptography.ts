import { z } from 'zod'
import { HufuError } from '../error.ts'
import type { EncryptionAlgorithm, ForRecipient } from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import type { Decrypted, DecryptInput, Encrypted, EncryptInput } from '../key-service.ts'
import { base64, contextMap, contextText, encodeBase64, integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { asymmetricAlgorithm, awsAlgorithm, contextRefused, isContextFree } from './aws-algorithm.ts'
import { awsCommon, recipient } from './common-fields.ts'
import { dataKeys } from './data-keys.ts'
import { reEncrypt } from './re-encrypt.ts'
import { recipientOf, tencentRecipient } from './recipient-fields.ts'

const plaintext = base64(1, 4096, 'PlaintextTooLarge')
const ciphertext = base64(1, 6144, 'DecryptionFailed')

/** An algorithm of an asymmetric key, or null for a symmetric one's own. */
interface ByAlgorithm {
  readonly algorithm: EncryptionAlgorithm | null
}

const encrypt = action<EncryptInput & ByAlgorithm, Encrypted>({
  permission: 'kms:Encrypt',
  changes: false,
  call: (keys, { algorithm, ...input }) =>
    algorithm === null ? keys.encrypt(input) : keys.publicEncrypt({ ...input, algorithm }),
  tencent: {
    name: 'Encrypt',
    request: z
      .strictObject({ KeyId: keyName, Plaintext: plaintext, EncryptionContext: contextText.optional() })
      .transform(({ KeyId, Plaintext, EncryptionContext = {} }) => ({
        keyId: KeyId,
        plaintext: Plaintext,
        context: EncryptionContext,
        algorithm: null,
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
        EncryptionAlgorithm: awsAlgorithm,
        ...awsCommon,
      })
      .refine(isContextFree, contextRefused)
      .transform(({ KeyId, Plaintext, EncryptionContext = {}, EncryptionAlgorithm }) => ({
        keyId: KeyId,
        plaintext: Plaintext,
        context: EncryptionContext,
        algorithm: asymmetricAlgorithm(EncryptionAlgorithm),
      })),
    answer: ({ keyId, ciphertext }, { algorithm }) => ({
      KeyId: keyId,
      CiphertextBlob: encodeBase64(ciphertext),
      EncryptionAlgorithm: algorithm ?? 'SYMMETRIC_DEFAULT',
    }),
  },
})

const decrypt = action<DecryptInput & ForRecipient & ByAlgorithm, Decrypted>({
  permission: 'kms:Decrypt',
  changes: false,
  call(keys, { algorithm, ...input }) {
    if (algorithm === null) return keys.decrypt(input)
    const { keyId, ciphertext } = input
    if (keyId === undefined) throw new HufuError('MissingParameter', `KeyId: expected a key for ${algorithm}`)
    return keys.privateDecrypt({ keyId, ciphertext, algorithm })
  },
  tencent: {
    name: 'Decrypt',
    request: z
      .strictObject({ CiphertextBlob: ciphertext, EncryptionContext: contextText.optional(), ...tencentRecipient })
      .transform(({ CiphertextBlob, EncryptionContext = {}, EncryptionPublicKey, EncryptionAlgorithm }) => ({
        ciphertext: CiphertextBlob,
        context: EncryptionContext,
        algorithm: null,
        ...recipientOf(EncryptionPublicKey, EncryptionAlgorithm),
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
        EncryptionAlgorithm: awsAlgorithm,
        ...awsCommon,
        ...recipient,
      })
      .refine(isContextFree, contextRefused)
      .transform(({ CiphertextBlob, EncryptionContext = {}, KeyId, EncryptionAlgorithm }) => ({
        ciphertext: CiphertextBlob,
        context: EncryptionContext,
        algorithm: asymmetricAlgorithm(EncryptionAlgorithm),
        ...(KeyId === undefined ? {} : { keyId: KeyId }),
      })),
    answer: ({ keyId, plaintext }, { algorithm }) => ({
      KeyId: keyId,
      Plaintext: encodeBase64(plaintext),
      EncryptionAlgorithm: algorithm ?? 'SYMMETRIC_DEFAULT',
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

export const cryptography: readonly Action[] = [encrypt, decrypt, reEncrypt, ...dataKeys, generateRandom]
