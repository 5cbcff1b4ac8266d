import { z } from 'zod'
import type { DeletionInput, ScheduledDeletion } from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import type { KeyMetadata, KeyOperations } from '../key-operations.ts'
import { integer, keyName } from '../schema/fields.ts'
import { refusal } from '../schema/parse.ts'
import { type Action, action } from './action.ts'
import { tencentKeyMetadata } from './key-view.ts'
import { changeOfKey, type KeyInput, keyRequest } from './on-one-key.ts'
import { seconds } from './seconds.ts'

/** Tencent's names of one key and of several; both are the one permission. */
const BATCH_MAX = 100

const batchRequest = z
  .strictObject({ KeyIds: z.array(keyName).min(1).max(BATCH_MAX) })
  .refine(({ KeyIds }) => new Set(KeyIds).size === KeyIds.length, refusal('DuplicateKeyId', 'expected each key once'))
  .transform(({ KeyIds }) => KeyIds)

const changeOfKeys = (
  name: 'EnableKeys' | 'DisableKeys',
  change: (keys: KeyOperations, keyIds: readonly string[]) => Promise<void>,
): Action =>
  action<readonly string[], void>({
    permission: name === 'EnableKeys' ? 'kms:EnableKey' : 'kms:DisableKey',
    changes: true,
    call: change,
    tencent: { name, request: batchRequest, answer: () => ({}) },
  })

const describeKeys = action<readonly string[], readonly KeyMetadata[]>({
  permission: 'kms:DescribeKey',
  changes: false,
  call: (keys, keyIds) => keys.describeKeys(keyIds),
  tencent: {
    name: 'DescribeKeys',
    request: batchRequest,
    answer: (keys) => ({ KeyMetadatas: keys.map(tencentKeyMetadata) }),
  },
})

const pendingWindow = integer(7, 30, 'InvalidPendingWindow')

const scheduleKeyDeletion = action<DeletionInput, ScheduledDeletion>({
  permission: 'kms:ScheduleKeyDeletion',
  changes: true,
  call: (keys, input) => keys.scheduleKeyDeletion(input),
  tencent: {
    name: 'ScheduleKeyDeletion',
    request: z
      .strictObject({ KeyId: keyName, PendingWindowInDays: pendingWindow })
      .transform(({ KeyId, PendingWindowInDays }) => ({ keyId: KeyId, windowDays: PendingWindowInDays })),
    answer: ({ keyId, deletionAt }) => ({ KeyId: keyIdOfArn(keyId), DeletionDate: seconds(deletionAt) }),
  },
  aws: {
    name: 'ScheduleKeyDeletion',
    request: z
      .strictObject({ KeyId: keyName, PendingWindowInDays: pendingWindow.default(30) })
      .transform(({ KeyId, PendingWindowInDays }) => ({
        keyId: KeyId,
        windowDays: PendingWindowInDays,
        disableFirst: true,
      })),
    answer: ({ keyId, deletionAt }, { windowDays }) => ({
      KeyId: keyId,
      DeletionDate: deletionAt / 1000,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: windowDays,
    }),
  },
})

const cancelKeyDeletion = action<KeyInput, KeyInput>({
  permission: 'kms:CancelKeyDeletion',
  changes: true,
  call: (keys, { keyId }) => keys.cancelKeyDeletion(keyId),
  tencent: {
    name: 'CancelKeyDeletion',
    request: keyRequest,
    answer: ({ keyId }) => ({ KeyId: keyIdOfArn(keyId) }),
  },
  aws: { name: 'CancelKeyDeletion', request: keyRequest, answer: ({ keyId }) => ({ KeyId: keyId }) },
})

const descriptionRequest = (max: number) =>
  z
    .strictObject({
      KeyId: keyName,
      Description: z
        .string()
        .refine((text) => Buffer.byteLength(text) <= max, { error: `expected at most ${max} bytes` }),
    })
    .transform(({ KeyId, Description }) => ({ keyId: KeyId, description: Description }))

const updateKeyDescription = action<KeyInput & { readonly description: string }, void>({
  permission: 'kms:UpdateKeyDescription',
  changes: true,
  call: (keys, { keyId, description }) => keys.updateDescription(keyId, description),
  tencent: { name: 'UpdateKeyDescription', request: descriptionRequest(1024), answer: () => ({}) },
  aws: { name: 'UpdateKeyDescription', request: descriptionRequest(8192), answer: () => ({}) },
})

const both = (name: string) => ({ tencent: name, aws: name })

/** The life of a key after it is made. */
export const lifecycle: readonly Action[] = [
  changeOfKey('kms:EnableKey', both('EnableKey'), (keys, keyId) => keys.enableKey(keyId)),
  changeOfKey('kms:DisableKey', both('DisableKey'), (keys, keyId) => keys.disableKey(keyId)),
  changeOfKey('kms:ArchiveKey', { tencent: 'ArchiveKey' }, (keys, keyId) => keys.archiveKey(keyId)),
  changeOfKey('kms:CancelKeyArchive', { tencent: 'CancelKeyArchive' }, (keys, keyId) => keys.unarchiveKey(keyId)),
  changeOfKeys('EnableKeys', (keys, keyIds) => keys.enableKeys(keyIds)),
  changeOfKeys('DisableKeys', (keys, keyIds) => keys.disableKeys(keyIds)),
  describeKeys,
  scheduleKeyDeletion,
  cancelKeyDeletion,
  updateKeyDescription,
]
