import { z } from 'zod'
import type { HostedDataKey, HostedDataKeyQuery, HostedDataKeyState, ImportDataKeyInput } from '../hosted-data-keys.ts'
import type { ForRecipient } from '../key-management.ts'
import type { KeyOperations } from '../key-operations.ts'
import { base64, encodeBase64, integer, keyName } from '../schema/fields.ts'
import { refusal } from '../schema/parse.ts'
import { type Action, action } from './action.ts'
import { noCluster, noTags } from './common-fields.ts'
import { dataKeyDescription, dataKeyId, dataKeyName } from './data-key-fields.ts'
import { recipientOf, tencentRecipient } from './recipient-fields.ts'
import { seconds } from './seconds.ts'

interface DataKeyInput {
  readonly dataKeyId: string
}

const view = (key: HostedDataKey): Record<string, unknown> => ({
  DataKeyId: key.dataKeyId,
  DataKeyName: key.name,
  KeyId: key.keyId,
  NumberOfBytes: key.numberOfBytes,
  Description: key.description,
  KeyState: key.state,
  CreateTime: seconds(key.createdAt),
  DeletionDate: key.deletionAt === null ? 0 : seconds(key.deletionAt),
  Origin: key.origin === 'KMS' ? 'TENCENT_KMS' : 'EXTERNAL',
  Owner: key.creator,
  HsmClusterId: '',
})

const one = z
  .strictObject({ DataKeyId: dataKeyId })
  .transform(({ DataKeyId }): DataKeyInput => ({ dataKeyId: DataKeyId }))

const BATCH_MAX = 100

const several = z
  .strictObject({ DataKeyIds: z.array(dataKeyId).min(1).max(BATCH_MAX) })
  .refine(
    ({ DataKeyIds }) => new Set(DataKeyIds).size === DataKeyIds.length,
    refusal('DuplicateDataKeyId', 'expected each data key once'),
  )
  .transform(({ DataKeyIds }) => DataKeyIds)

/** Of one data key and of several: the one permission, and the one operation. */
function ofOneOrSeveral<Output>(
  names: readonly [one: string, several: string],
  row: Pick<Action, 'permission' | 'changes'>,
  call: (keys: KeyOperations, dataKeyIds: readonly string[]) => Promise<Output>,
  answers: { one(output: Output): Record<string, unknown>; several(output: Output): Record<string, unknown> },
): readonly Action[] {
  return [
    action<DataKeyInput, Output>({
      ...row,
      subject: 'DataKeyId',
      call: (keys, { dataKeyId }) => call(keys, [dataKeyId]),
      tencent: { name: names[0], request: one, answer: answers.one },
    }),
    action<readonly string[], Output>({
      ...row,
      call: (keys, dataKeyIds) => call(keys, dataKeyIds),
      tencent: { name: names[1], request: several, answer: answers.several },
    }),
  ]
}

const nothing = { one: () => ({}), several: () => ({}) }

const describe = ofOneOrSeveral(
  ['DescribeDataKey', 'DescribeDataKeys'],
  { permission: 'kms:DescribeDataKey', changes: false },
  (keys, dataKeyIds) => keys.describeDataKeys(dataKeyIds),
  {
    one: ([key]) => ({ DataKeyMetadata: key === undefined ? {} : view(key) }),
    several: (found) => ({ DataKeyMetadatas: found.map(view) }),
  },
)

const enable = ofOneOrSeveral(
  ['EnableDataKey', 'EnableDataKeys'],
  { permission: 'kms:EnableDataKey', changes: true },
  (keys, dataKeyIds) => keys.enableDataKeys(dataKeyIds),
  nothing,
)

const disable = ofOneOrSeveral(
  ['DisableDataKey', 'DisableDataKeys'],
  { permission: 'kms:DisableDataKey', changes: true },
  (keys, dataKeyIds) => keys.disableDataKeys(dataKeyIds),
  nothing,
)

const scheduleDeletion = action<DataKeyInput & { readonly windowDays: number }, { readonly deletionAt: number }>({
  permission: 'kms:ScheduleDataKeyDeletion',
  subject: 'DataKeyId',
  changes: true,
  call: (keys, { dataKeyId, windowDays }) => keys.scheduleDataKeyDeletion(dataKeyId, windowDays),
  tencent: {
    name: 'ScheduleDataKeyDeletion',
    request: z
      .strictObject({ DataKeyId: dataKeyId, PendingWindowInDays: integer(7, 30, 'InvalidPendingWindow') })
      .transform(({ DataKeyId, PendingWindowInDays }) => ({ dataKeyId: DataKeyId, windowDays: PendingWindowInDays })),
    answer: ({ deletionAt }, { dataKeyId }) => ({ DataKeyId: dataKeyId, DeletionDate: seconds(deletionAt) }),
  },
})

const cancelDeletion = action<DataKeyInput, void>({
  permission: 'kms:CancelDataKeyDeletion',
  subject: 'DataKeyId',
  changes: true,
  call: (keys, { dataKeyId }) => keys.cancelDataKeyDeletion(dataKeyId),
  tencent: {
    name: 'CancelDataKeyDeletion',
    request: one,
    answer: (_, { dataKeyId }) => ({ DataKeyId: dataKeyId }),
  },
})

const updateName = action<DataKeyInput & { readonly name: string }, void>({
  permission: 'kms:UpdateDataKeyName',
  subject: 'DataKeyId',
  changes: true,
  call: (keys, { dataKeyId, name }) => keys.renameDataKey(dataKeyId, name),
  tencent: {
    name: 'UpdateDataKeyName',
    request: z
      .strictObject({ DataKeyId: dataKeyId, DataKeyName: dataKeyName })
      .transform(({ DataKeyId, DataKeyName }) => ({ dataKeyId: DataKeyId, name: DataKeyName })),
    answer: () => ({}),
  },
})

const updateDescription = action<DataKeyInput & { readonly description: string }, void>({
  permission: 'kms:UpdateDataKeyDescription',
  subject: 'DataKeyId',
  changes: true,
  call: (keys, { dataKeyId, description }) => keys.describeDataKeyAs(dataKeyId, description),
  tencent: {
    name: 'UpdateDataKeyDescription',
    request: z
      .strictObject({ DataKeyId: dataKeyId, Description: dataKeyDescription })
      .transform(({ DataKeyId, Description }) => ({ dataKeyId: DataKeyId, description: Description })),
    answer: () => ({}),
  },
})

const getPlaintext = action<DataKeyInput & ForRecipient, Uint8Array>({
  permission: 'kms:GetDataKeyPlaintext',
  subject: 'DataKeyId',
  changes: false,
  call: (keys, { dataKeyId, recipient }) => keys.dataKeyPlaintext(dataKeyId, recipient),
  tencent: {
    name: 'GetDataKeyPlaintext',
    request: z
      .strictObject({ DataKeyId: dataKeyId, ...tencentRecipient })
      .transform(({ DataKeyId, EncryptionPublicKey, EncryptionAlgorithm }) => ({
        dataKeyId: DataKeyId,
        ...recipientOf(EncryptionPublicKey, EncryptionAlgorithm),
      })),
    answer: (plaintext) => ({ Plaintext: encodeBase64(plaintext) }),
  },
})

const getCiphertext = action<DataKeyInput, Uint8Array>({
  permission: 'kms:GetDataKeyCiphertextBlob',
  subject: 'DataKeyId',
  changes: false,
  call: (keys, { dataKeyId }) => keys.dataKeyCiphertext(dataKeyId),
  tencent: {
    name: 'GetDataKeyCiphertextBlob',
    request: one,
    answer: (ciphertext) => ({ CiphertextBlob: encodeBase64(ciphertext) }),
  },
})

const CIPHERTEXT = 1

const importDataKey = action<ImportDataKeyInput, HostedDataKey>({
  permission: 'kms:ImportDataKey',
  changes: true,
  call: (keys, input) => keys.importDataKey(input),
  tencent: {
    name: 'ImportDataKey',
    request: z
      .strictObject({
        DataKeyName: dataKeyName,
        ImportKeyMaterial: base64(1, 6144, 'InvalidDataKeyMaterial'),
        ImportType: integer(CIPHERTEXT, 2, 'InvalidType'),
        Description: dataKeyDescription.default(''),
        KeyId: keyName.optional(),
        Tags: noTags,
        HsmClusterId: noCluster,
      })
      .refine(({ ImportType, KeyId }) => ImportType === CIPHERTEXT || KeyId !== undefined, {
        error: 'KeyId: expected the key that the plaintext is put under',
      })
      .transform(({ DataKeyName, ImportKeyMaterial, ImportType, Description, KeyId }) => ({
        name: DataKeyName,
        description: Description,
        material: ImportType === CIPHERTEXT ? { ciphertext: ImportKeyMaterial } : { plaintext: ImportKeyMaterial },
        ...(KeyId === undefined ? {} : { keyId: KeyId }),
      })),
    answer: ({ keyId, dataKeyId }) => ({ KeyId: keyId, DataKeyId: dataKeyId, TagCode: 0, TagMsg: '' }),
  },
})

interface DataKeyPage {
  readonly dataKeys: readonly HostedDataKey[]
  readonly totalCount: number
}

const page = {
  Offset: integer(0, 2 ** 31 - 1).default(0),
  Limit: integer(1, 200).default(10),
  Role: integer(0, 2).optional(),
  HsmClusterId: noCluster,
}

const listDataKeys = action<HostedDataKeyQuery, DataKeyPage>({
  permission: 'kms:ListDataKeys',
  changes: false,
  call: (keys, query) => keys.listDataKeys(query),
  tencent: {
    name: 'ListDataKeys',
    request: z
      .strictObject(page)
      .transform(({ Offset, Limit }) => ({ offset: Offset, limit: Limit, newestFirst: true })),
    answer: ({ dataKeys, totalCount }) => ({
      DataKeys: dataKeys.map(({ dataKeyId }) => ({ DataKeyId: dataKeyId })),
      TotalCount: totalCount,
    }),
  },
})

/** Filtered by number; 0 is all of them. */
const states: readonly (readonly HostedDataKeyState[])[] = [
  ['Enabled', 'Disabled', 'PendingDelete'],
  ['Enabled'],
  ['Disabled'],
  ['PendingDelete'],
]

const origins = { ALL: {}, TENCENT_KMS: { origin: 'KMS' }, EXTERNAL: { origin: 'EXTERNAL' } } as const

const listDataKeyDetail = action<HostedDataKeyQuery, DataKeyPage>({
  permission: 'kms:ListDataKeys',
  changes: false,
  call: (keys, query) => keys.listDataKeys(query),
  tencent: {
    name: 'ListDataKeyDetail',
    request: z
      .strictObject({
        ...page,
        OrderType: integer(0, 1).default(0),
        KeyState: integer(0, 3).default(0),
        SearchKeyAlias: z.string().max(60).default(''),
        Origin: z.enum(['ALL', 'TENCENT_KMS', 'EXTERNAL']).default('ALL'),
        KeyId: keyName.optional(),
        DataKeyLen: integer(1, 1024).optional(),
        TagFilters: noTags,
      })
      .transform(
        (given): HostedDataKeyQuery => ({
          offset: given.Offset,
          limit: given.Limit,
          newestFirst: given.OrderType === 0,
          states: states[given.KeyState] ?? [],
          ...(given.SearchKeyAlias === '' ? {} : { nameContains: given.SearchKeyAlias }),
          ...origins[given.Origin],
          ...(given.KeyId === undefined ? {} : { keyId: given.KeyId }),
          ...(given.DataKeyLen === undefined ? {} : { numberOfBytes: given.DataKeyLen }),
        }),
      ),
    answer: ({ dataKeys, totalCount }) => ({ DataKeyMetadatas: dataKeys.map(view), TotalCount: totalCount }),
  },
})

/** Data keys that the KMS keeps: Tencent's dialect has them, AWS's has not. */
export const hostedDataKeys: readonly Action[] = [
  ...describe,
  ...enable,
  ...disable,
  scheduleDeletion,
  cancelDeletion,
  updateName,
  updateDescription,
  getPlaintext,
  getCiphertext,
  importDataKey,
  listDataKeys,
  listDataKeyDetail,
]
