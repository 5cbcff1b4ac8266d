import { z } from 'zod'
import { HufuError } from '../error.ts'
import type { EncryptionAlgorithm, ForRecipient } from '../key-management.ts'
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
import { awsCommon, dataKeySize, dataKeySpec, noCluster, noTags, recipient } from './common-fields.ts'
import { dataKeyDescription, dataKeyName } from './data-key-fields.ts'
import { recipientOf, tencentRecipient } from './recipient-fields.ts'

const plaintext = base64(1, 4096, 'PlaintextTooLarge')
const awsAlgorithm = z
  .enum(['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'])
  .default('SYMMETRIC_DEFAULT')

const asymmetricAlgorithm = (algorithm: z.infer<typeof awsAlgorithm>): EncryptionAlgorithm | null =>
  algorithm === 'SYMMETRIC_DEFAULT' ? null : algorithm

/** An asymmetric algorithm binds no context: one that is given is refused, not ignored. */
const isContextFree = (given: {
  readonly EncryptionContext?: EncryptionContext | undefined
  readonly EncryptionAlgorithm: string
}): boolean =>
  given.EncryptionAlgorithm === 'SYMMETRIC_DEFAULT' || Object.keys(given.EncryptionContext ?? {}).length === 0

const contextRefused = { error: 'EncryptionContext: expected none with an asymmetric algorithm' }

const symmetricDefault = z.literal('SYMMETRIC_DEFAULT').optional()
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

const tencentHosting = {
  IsHostedByKms: integer(0, 1).default(0),
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
