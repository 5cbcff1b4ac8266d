import { z } from 'zod'
import type { CreateKeyInput, KeyMetadata, KeyOperations, KeyPage, Page } from '../key-operations.ts'
import { integer, keyName } from '../schema/fields.ts'
import { refusal } from '../schema/parse.ts'
import { type Action, action } from './action.ts'
import { awsCommon, unserved } from './common-fields.ts'
import { awsKeyMetadata, seconds, tencentKeyMetadata, tencentKeyUsage } from './key-view.ts'
import { marker, truncation } from './marker.ts'

const keySpec = z.enum(['AES_256', 'SM4', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'SM2', 'HMAC_256'])

/** Tencent's rule: 1 to 60 letters, digits, `-` and `_`, the first a letter or digit, not `kms-` in front. */
const tencentAlias = z
  .string()
  .refine(
    (alias) => /^(?!kms-)[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/.test(alias),
    refusal('InvalidAlias', 'expected an alias of 1 to 60 characters'),
  )

const tencentUsages: Readonly<Record<string, Pick<CreateKeyInput, 'spec' | 'use'>>> = {
  ENCRYPT_DECRYPT: { use: 'ENCRYPT_DECRYPT' },
  ASYMMETRIC_DECRYPT_RSA_2048: { use: 'ENCRYPT_DECRYPT', spec: 'RSA_2048' },
  ASYMMETRIC_DECRYPT_SM2: { use: 'ENCRYPT_DECRYPT', spec: 'SM2' },
  ASYMMETRIC_SIGN_VERIFY_RSA_2048: { use: 'SIGN_VERIFY', spec: 'RSA_2048' },
  ASYMMETRIC_SIGN_VERIFY_SM2: { use: 'SIGN_VERIFY', spec: 'SM2' },
  ASYMMETRIC_SIGN_VERIFY_ECC: { use: 'SIGN_VERIFY', spec: 'ECC_NIST_P256' },
}

const tencentUsage = z.string().transform((usage, context) => {
  const known = tencentUsages[usage]
  if (known !== undefined) return known
  context.addIssue({ code: 'custom', message: 'expected a key usage', params: { code: 'InvalidKeyUsage' } })
  return z.NEVER
})

const tags = <K extends string, V extends string>(key: K, value: V) =>
  z
    .array(z.strictObject({ [key]: z.string().min(1).max(128), [value]: z.string().max(256) }))
    .max(50)
    .transform((list) => list.map((tag) => tag as Record<string, string>))
    .refine(
      (list) => new Set(list.map((tag) => tag[key])).size === list.length,
      refusal('DuplicateTag', 'expected each tag key once'),
    )
    .transform((list): Record<string, string> => Object.fromEntries(list.map((tag) => [tag[key], tag[value]])))

const createKey = action<CreateKeyInput, KeyMetadata>({
  permission: 'kms:CreateKey',
  changes: true,
  call: (keys, input) => keys.createKey(input),
  tencent: {
    name: 'CreateKey',
    request: z
      .strictObject({
        Alias: tencentAlias,
        Description: z.string().max(1024).default(''),
        KeyUsage: tencentUsage.default({ use: 'ENCRYPT_DECRYPT' }),
        Type: integer(1, 2).default(1),
        Tags: tags('TagKey', 'TagValue').default({}),
        KeySpec: keySpec.optional(),
      })
      .transform(({ Alias, Description, KeyUsage, Type, Tags, KeySpec }) => ({
        alias: Alias,
        description: Description,
        ...KeyUsage,
        ...(KeySpec === undefined ? {} : { spec: KeySpec }),
        origin: Type === 1 ? ('KMS' as const) : ('EXTERNAL' as const),
        tags: Tags,
      })),
    answer: (key) => ({
      KeyId: key.keyId,
      Alias: key.alias,
      CreateTime: seconds(key.createdAt),
      Description: key.description,
      KeyState: key.state,
      KeyUsage: tencentKeyUsage(key),
      TagCode: 0,
      TagMsg: '',
      HsmClusterId: '',
      KeySpec: key.spec,
      ProtectionLevel: key.protectionLevel,
    }),
  },
  aws: {
    name: 'CreateKey',
    request: z
      .strictObject({
        Description: z.string().max(8192).default(''),
        KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC']).default('ENCRYPT_DECRYPT'),
        KeySpec: z.enum(['SYMMETRIC_DEFAULT', ...keySpec.options]).optional(),
        CustomerMasterKeySpec: z.enum(['SYMMETRIC_DEFAULT', ...keySpec.options]).optional(),
        Origin: z.enum(['AWS_KMS', 'EXTERNAL']).default('AWS_KMS'),
        MultiRegion: unserved('a multi-region key', (value) => value === false),
        Tags: tags('TagKey', 'TagValue').default({}),
      })
      .transform(({ Description, KeyUsage, KeySpec, CustomerMasterKeySpec, Origin, Tags }) => {
        const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
        return {
          description: Description,
          use: KeyUsage,
          ...(spec === 'SYMMETRIC_DEFAULT' ? {} : { spec }),
          origin: Origin === 'AWS_KMS' ? ('KMS' as const) : ('EXTERNAL' as const),
          tags: Tags,
        }
      }),
    answer: (key) => ({ KeyMetadata: awsKeyMetadata(key) }),
  },
})

const describeKey = action<{ keyId: string }, KeyMetadata>({
  permission: 'kms:DescribeKey',
  changes: false,
  call: (keys, { keyId }) => keys.describeKey(keyId),
  tencent: {
    name: 'DescribeKey',
    request: z.strictObject({ KeyId: keyName }).transform(({ KeyId }) => ({ keyId: KeyId })),
    answer: (key) => ({ KeyMetadata: tencentKeyMetadata(key) }),
  },
  aws: {
    name: 'DescribeKey',
    request: z
      .strictObject({ KeyId: keyName, GrantTokens: awsCommon.GrantTokens })
      .transform(({ KeyId }) => ({ keyId: KeyId })),
    answer: (key) => ({ KeyMetadata: awsKeyMetadata(key) }),
  },
})

const listKeys = action<Required<Page>, KeyPage>({
  permission: 'kms:ListKeys',
  changes: false,
  call: (keys, page) => keys.listKeys(page),
  tencent: {
    name: 'ListKeys',
    request: z
      .strictObject({
        Offset: integer(0, 2 ** 31 - 1).default(0),
        Limit: integer(1, 200).default(10),
        Role: integer(0, 2).optional(),
        HsmClusterId: unserved('an HSM cluster', (value) => value === ''),
      })
      .transform(({ Offset, Limit }) => ({ offset: Offset, limit: Limit })),
    answer: ({ keys, totalCount }) => ({
      Keys: keys.map(({ keyId }) => ({ KeyId: keyId })),
      TotalCount: totalCount,
    }),
  },
  aws: {
    name: 'ListKeys',
    request: z
      .strictObject({ Limit: integer(1, 1000).default(100), Marker: marker.default(0) })
      .transform(({ Limit, Marker }) => ({ offset: Marker, limit: Limit })),
    answer: ({ keys, totalCount }, { offset }) => ({
      Keys: keys.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })),
      ...truncation(offset, keys.length, totalCount),
    }),
  },
})

/** A change of one key's state that both dialects name alike, ask with its key alone, and answer with nothing. */
const stateChange = (name: 'EnableKey' | 'DisableKey', call: (keys: KeyOperations, keyId: string) => Promise<void>) => {
  const request = z.strictObject({ KeyId: keyName }).transform(({ KeyId }) => ({ keyId: KeyId }))
  const form = { name, request, answer: () => ({}) }
  return action<{ keyId: string }, void>({
    permission: `kms:${name}`,
    changes: true,
    call: (keys, { keyId }) => call(keys, keyId),
    tencent: form,
    aws: form,
  })
}

export const keys: readonly Action[] = [
  createKey,
  describeKey,
  listKeys,
  stateChange('EnableKey', (keys, keyId) => keys.enableKey(keyId)),
  stateChange('DisableKey', (keys, keyId) => keys.disableKey(keyId)),
]
