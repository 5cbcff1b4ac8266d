import { z } from 'zod'
import type { ReEncryptAlgorithms } from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import type { EncryptionContext, ReEncrypted, ReEncryptInput } from '../key-service.ts'
import { base64, contextMap, contextText, encodeBase64, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { asymmetricAlgorithm, awsAlgorithm, contextRefused, isContextFree } from './aws-algorithm.ts'
import { awsCommon } from './common-fields.ts'

const ciphertext = base64(1, 6144, 'DecryptionFailed')

const areContextFree = (given: {
  readonly SourceEncryptionContext?: EncryptionContext | undefined
  readonly SourceEncryptionAlgorithm: string
  readonly DestinationEncryptionContext: EncryptionContext
  readonly DestinationEncryptionAlgorithm: string
}): boolean =>
  isContextFree({
    EncryptionContext: given.SourceEncryptionContext,
    EncryptionAlgorithm: given.SourceEncryptionAlgorithm,
  }) &&
  isContextFree({
    EncryptionContext: given.DestinationEncryptionContext,
    EncryptionAlgorithm: given.DestinationEncryptionAlgorithm,
  })

export const reEncrypt: Action = action<ReEncryptInput & ReEncryptAlgorithms, ReEncrypted>({
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
        SourceEncryptionAlgorithm: awsAlgorithm,
        DestinationEncryptionAlgorithm: awsAlgorithm,
        ...awsCommon,
      })
      .refine(areContextFree, contextRefused)
      .refine((given) => given.SourceEncryptionAlgorithm === 'SYMMETRIC_DEFAULT' || given.SourceKeyId !== undefined, {
        error: 'SourceKeyId: expected the key of an asymmetric ciphertext, which does not name it',
        path: ['SourceKeyId'],
      })
      .transform((given) => ({
        ...reEncryptInput(given),
        sourceAlgorithm: asymmetricAlgorithm(given.SourceEncryptionAlgorithm) ?? undefined,
        destinationAlgorithm: asymmetricAlgorithm(given.DestinationEncryptionAlgorithm) ?? undefined,
      })),
    answer: ({ keyId, ciphertext, sourceKeyId }, { sourceAlgorithm, destinationAlgorithm }) => ({
      CiphertextBlob: encodeBase64(ciphertext),
      KeyId: keyId,
      SourceKeyId: sourceKeyId,
      SourceEncryptionAlgorithm: sourceAlgorithm ?? 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: destinationAlgorithm ?? 'SYMMETRIC_DEFAULT',
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
