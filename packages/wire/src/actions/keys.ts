import { z } from 'zod'
import type {
  CreateKeyInput,
  KeyMetadata,
  KeyPage,
  KeyPlace,
  KeyQuery,
  KeyState,
  KeysAfter,
} from '../key-operations.ts'
import { integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { tencentAlias } from './alias-fields.ts'
import { awsCommon, noCluster } from './common-fields.ts'
import { keyLastUse } from './key-last-use.ts'
import { keySpec, keyUse } from './key-spec.ts'
import { awsKeyMetadata, tencentKeyMetadata, tencentKeyUsage } from './key-view.ts'
import { keyPlaceMarkers, truncation } from './marker.ts'
import { keyRequest } from './on-one-key.ts'
import { seconds } from './seconds.ts'
import { tagFilters, tagList } from './tag-fields.ts'

const tencentUsages: Readonly<Record<string, Pick<CreateKeyInput, 'spec' | 'use'>>> = {
  ENCRYPT_DECRYPT: { use: 'ENCRYPT_DECRYPT' },
  ASYMMETRIC_DECRYPT_RSA_2048: { use: 'ENCRYPT_DECRYPT', spec: 'RSA_2048' },
  ASYMMETRIC_DECRYPT_SM2: { use: 'ENCRYPT_DECRYPT', spec: 'SM2' },
  ASYMMETRIC_SIGN_VERIFY_RSA_2048: { use: 'SIGN_VERIFY', spec: 'RSA_2048' },
  ASYMMETRIC_SIGN_VERIFY_SM2: { use: 'SIGN_VERIFY', spec: 'SM2' },
  ASYMMETRIC_SIGN_VERIFY_ECC: { use: 'SIGN_VERIFY', spec: 'ECC_NIST_P256' },
  // Hufu's own, with a KeySpec.
  SIGN_VERIFY: { use: 'SIGN_VERIFY' },
  GENERATE_VERIFY_MAC: { use: 'GENERATE_VERIFY_MAC' },
  KEY_AGREEMENT: { use: 'KEY_AGREEMENT' },
  ENCAPSULATE_DECAPSULATE: { use: 'ENCAPSULATE_DECAPSULATE' },
}

const tencentUsage = z.string().transform((usage, context) => {
  const known = tencentUsages[usage]
  if (known !== undefined) return known
  context.addIssue({ code: 'custom', message: 'expected a key usage', params: { code: 'InvalidKeyUsage' } })
  return z.NEVER
})

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
        KeyUsage: tencentUsage.optional(),
        Type: integer(1, 2, 'InvalidType').default(1),
        Tags: tagList.default({}),
        KeySpec: keySpec.optional(),
        MultiRegion: integer(0, 1).default(0),
        HsmClusterId: noCluster,
      })
      .transform(({ Alias, Description, KeyUsage, Type, Tags, KeySpec, MultiRegion }) => ({
        alias: Alias,
        description: Description,
        ...(KeyUsage ?? (KeySpec === undefined ? { use: 'ENCRYPT_DECRYPT' as const } : {})),
        ...(KeySpec === undefined ? {} : { spec: KeySpec }),
        origin: Type === 1 ? ('KMS' as const) : ('EXTERNAL' as const),
        tags: Tags,
        multiRegion: MultiRegion === 1,
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
        KeyUsage: keyUse.default('ENCRYPT_DECRYPT'),
        KeySpec: z.enum(['SYMMETRIC_DEFAULT', ...keySpec.options]).optional(),
        CustomerMasterKeySpec: z.enum(['SYMMETRIC_DEFAULT', ...keySpec.options]).optional(),
        Origin: z.enum(['AWS_KMS', 'EXTERNAL']).default('AWS_KMS'),
        MultiRegion: z.boolean().default(false),
        Tags: tagList.default({}),
        Policy: z.string().min(1).max(40_000).optional(),
        BypassPolicyLockoutSafetyCheck: z.boolean().default(false),
      })
      .transform(({ Description, KeyUsage, KeySpec, CustomerMasterKeySpec, Origin, MultiRegion, Tags, ...given }) => {
        const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
        return {
          description: Description,
          use: KeyUsage,
          ...(spec === 'SYMMETRIC_DEFAULT' ? {} : { spec }),
          origin: Origin === 'AWS_KMS' ? ('KMS' as const) : ('EXTERNAL' as const),
          tags: Tags,
          multiRegion: MultiRegion,
          ...(given.Policy === undefined ? {} : { policy: given.Policy }),
          bypassLockout: given.BypassPolicyLockoutSafetyCheck,
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
    request: keyRequest,
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

const listKeys = action<KeyQuery, KeyPage>({
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
        HsmClusterId: noCluster,
      })
      .transform(
        ({ Offset, Limit }): KeyQuery => ({
          offset: Offset,
          limit: Limit,
          newestFirst: true,
          states: ['Enabled', 'Disabled', 'PendingImport'],
        }),
      ),
    answer: ({ keys, totalCount }) => ({
      Keys: keys.map(({ keyId }) => ({ KeyId: keyId })),
      TotalCount: totalCount,
    }),
  },
})

interface PlacedPage {
  readonly place: KeyPlace | null
  readonly limit: number
}

/** AWS's, whose marker is a place and not a count: a page costs the same wherever it begins. */
const listAllKeys = action<PlacedPage, KeysAfter>({
  permission: 'kms:ListKeys',
  changes: false,
  call: (keys, { place, limit }) => keys.keysAfter(place, limit),
  aws: {
    name: 'ListKeys',
    request: z
      .strictObject({ Limit: integer(1, 1000).default(100), Marker: keyPlaceMarkers.given.optional() })
      .transform(({ Limit, Marker = null }) => ({ place: Marker, limit: Limit })),
    answer: ({ keys, next }) => ({
      Keys: keys.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })),
      ...truncation(keyPlaceMarkers, next),
    }),
  },
})

/** `ListKeyDetail` filters states by number; 0 is all of them. */
const tencentStates: readonly (readonly KeyState[])[] = [
  ['Enabled', 'Disabled', 'PendingDelete', 'PendingImport', 'Archived'],
  ['Enabled'],
  ['Disabled'],
  ['PendingDelete'],
  ['PendingImport'],
  ['Archived'],
]

const tencentOrigins: Readonly<Record<string, Pick<KeyQuery, 'origin'>>> = {
  ALL: {},
  TENCENT_KMS: { origin: 'KMS' },
  EXTERNAL: { origin: 'EXTERNAL' },
}

/** The keys that Tencent shows under a usage: only symmetric ones when none is named. */
function keysOfUsage(usage: string): Pick<KeyQuery, 'specs' | 'use'> {
  if (usage === 'ALL') return {}
  if (usage === 'ENCRYPT_DECRYPT') return { use: usage, specs: ['AES_256', 'SM4'] }
  const { use, spec } = tencentUsages[usage] ?? {}
  return { ...(use === undefined ? {} : { use }), ...(spec === undefined ? {} : { specs: [spec] }) }
}

const listKeyDetail = action<KeyQuery, KeyPage>({
  permission: 'kms:ListKeys',
  changes: false,
  call: (keys, query) => keys.listKeys(query),
  tencent: {
    name: 'ListKeyDetail',
    request: z
      .strictObject({
        Offset: integer(0, 2 ** 31 - 1).default(0),
        Limit: integer(1, 200).default(10),
        Role: integer(0, 2).optional(),
        OrderType: integer(0, 1).default(0),
        KeyState: integer(0, 5).default(0),
        SearchKeyAlias: z.string().max(60).default(''),
        Origin: z.enum(['ALL', 'TENCENT_KMS', 'EXTERNAL']).default('ALL'),
        KeyUsage: z.enum(['ALL', ...Object.keys(tencentUsages)]).default('ENCRYPT_DECRYPT'),
        TagFilters: tagFilters.default([]),
        HsmClusterId: noCluster,
      })
      .transform(
        (given): KeyQuery => ({
          offset: given.Offset,
          limit: given.Limit,
          newestFirst: given.OrderType === 0,
          states: tencentStates[given.KeyState] ?? [],
          ...(given.SearchKeyAlias === '' ? {} : { aliasContains: given.SearchKeyAlias }),
          ...tencentOrigins[given.Origin],
          ...keysOfUsage(given.KeyUsage),
          tags: given.TagFilters,
        }),
      ),
    answer: ({ keys, totalCount }) => ({ KeyMetadatas: keys.map(tencentKeyMetadata), TotalCount: totalCount }),
  },
})

export const keys: readonly Action[] = [createKey, describeKey, keyLastUse, listKeys, listAllKeys, listKeyDetail]
