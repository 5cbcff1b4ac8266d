import { randomUUID } from 'node:crypto'
import {
  type HostDataKeyInput,
  type HostedDataKey,
  type HostedDataKeyMaterial,
  type HostedDataKeyQuery,
  HufuError,
  type ImportDataKeyInput,
  type Recipient,
} from '@hufu/wire'
import { forRecipient } from '../algorithms/recipient.ts'
import { decodeBlob } from '../ciphertext/blob.ts'
import { type StoredDataKey, toHosted } from '../data-key/data-key.ts'
import { type DataKeyAction, nextDataKeyState } from '../data-key/data-key-state.ts'
import type { Key } from '../key/key.ts'
import type { Call, Request } from '../kms.ts'
import {
  checkBatch,
  checkDataKeyDescription,
  checkDataKeyName,
  checkPage,
  checkRandomSize,
  DAY,
  deletionWindow,
} from '../limits.ts'

export function hostDataKey(call: Call, input: HostDataKeyInput): Promise<HostedDataKey & HostedDataKeyMaterial> {
  const { keyId, numberOfBytes = 32, recipient } = input
  return call.keep({ action: 'GenerateDataKey', keyName: keyId, needs: 'encrypt' }, async (key) => {
    const plaintext = await call.kms.backend.random(checkRandomSize(numberOfBytes))
    const dataKey = await seal(call, key, input, 'KMS', plaintext)
    const { ciphertext } = dataKey
    const result = { ...toHosted(dataKey), plaintext: forRecipient(plaintext, recipient), ciphertext }
    return { result, write: (writes) => writes.insertDataKey(dataKey) }
  })
}

/** The material is put under the newest version of the key, whichever form it comes in. */
export function importDataKey(call: Call, input: ImportDataKeyInput): Promise<HostedDataKey> {
  const { material } = input
  const blob = 'ciphertext' in material ? decodeBlob(material.ciphertext) : null
  const keyName = input.keyId ?? blob?.keyId ?? null
  return call.keep({ action: 'ImportDataKey', keyName, needs: 'encrypt' }, async (key) => {
    const plaintext = 'plaintext' in material ? Uint8Array.from(material.plaintext) : await openGiven(call, key, blob)
    checkRandomSize(plaintext.length)
    const dataKey = await seal(call, key, input, 'EXTERNAL', plaintext)
    plaintext.fill(0)
    return { result: toHosted(dataKey), write: (writes) => writes.insertDataKey(dataKey) }
  })
}

export async function describeDataKeys(call: Call, dataKeyIds: readonly string[]): Promise<readonly HostedDataKey[]> {
  return call.run({ action: 'DescribeDataKey' }, async () => {
    const found: HostedDataKey[] = []
    for (const id of checkBatch(dataKeyIds)) found.push(toHosted(given(await call.kms.store.dataKey(id), id)))
    return found
  })
}

export function listDataKeys(
  call: Call,
  query: HostedDataKeyQuery = {},
): Promise<{ readonly dataKeys: readonly HostedDataKey[]; readonly totalCount: number }> {
  return call.run({ action: 'ListDataKeys' }, async () => {
    const keyId = query.keyId === undefined ? undefined : (await call.kms.ring.find(query.keyId))?.id
    if (query.keyId !== undefined && keyId === undefined)
      throw new HufuError('KeyNotFound', `expected the name of a key, received ${query.keyId}`)
    const page = await call.kms.store.listDataKeys({ ...checkPage(query), ...(keyId === undefined ? {} : { keyId }) })
    return { ...page, dataKeys: page.dataKeys.map(toHosted) }
  })
}

export const enableDataKeys = (call: Call, ids: readonly string[]): Promise<void> =>
  changeAll(call, { action: 'EnableDataKey' }, checked(ids), 'enable')

export const disableDataKeys = (call: Call, ids: readonly string[]): Promise<void> =>
  changeAll(call, { action: 'DisableDataKey' }, checked(ids), 'disable')

export async function scheduleDataKeyDeletion(
  call: Call,
  dataKeyId: string,
  windowDays: number,
): Promise<{ readonly deletionAt: number }> {
  const deletionAt = call.kms.clock() + windowDays * DAY
  await changeAll(
    call,
    { action: 'ScheduleDataKeyDeletion' },
    () => [dataKeyId],
    'scheduleDeletion',
    () => {
      deletionWindow(windowDays)
      return { deletionAt }
    },
  )
  return { deletionAt }
}

export const cancelDataKeyDeletion = (call: Call, dataKeyId: string): Promise<void> =>
  changeAll(
    call,
    { action: 'CancelDataKeyDeletion' },
    () => [dataKeyId],
    'cancelDeletion',
    () => ({ deletionAt: null }),
  )

export const renameDataKey = (call: Call, dataKeyId: string, name: string): Promise<void> =>
  changeAll(
    call,
    { action: 'UpdateDataKeyName' },
    () => [dataKeyId],
    'describe',
    () => ({
      name: checkDataKeyName(name),
    }),
  )

export const describeDataKeyAs = (call: Call, dataKeyId: string, description: string): Promise<void> =>
  changeAll(
    call,
    { action: 'UpdateDataKeyDescription' },
    () => [dataKeyId],
    'describe',
    () => ({
      description: checkDataKeyDescription(description),
    }),
  )

export async function dataKeyPlaintext(call: Call, dataKeyId: string, recipient?: Recipient): Promise<Uint8Array> {
  const dataKey = await usable(call, 'GetDataKeyPlaintext', dataKeyId)
  return call.use({ action: 'GetDataKeyPlaintext', keyName: dataKey.keyId, needs: 'decrypt' }, async (key) =>
    forRecipient(await openGiven(call, key, decodeBlob(dataKey.ciphertext)), recipient),
  )
}

export async function dataKeyCiphertext(call: Call, dataKeyId: string): Promise<Uint8Array> {
  return call.run({ action: 'GetDataKeyCiphertextBlob' }, async () => {
    const dataKey = given(await call.kms.store.dataKey(dataKeyId), dataKeyId)
    nextDataKeyState(dataKey.state, 'use')
    return dataKey.ciphertext
  })
}

/** All or none, in one transaction with the audit record. */
function changeAll(
  call: Call,
  request: Request,
  ids: () => readonly string[],
  action: DataKeyAction,
  fields: () => Partial<StoredDataKey> = () => ({}),
): Promise<void> {
  return call.changeRows(request, async (writes) => {
    const changes = fields()
    for (const id of ids()) {
      const dataKey = given(await writes.dataKey(id), id)
      await writes.updateDataKey({ ...dataKey, ...changes, state: nextDataKeyState(dataKey.state, action) })
    }
  })
}

const checked = (ids: readonly string[]) => () => checkBatch(ids)

/** Audited as a use of its own only when it fails: the key's record has the success. */
async function usable(call: Call, action: string, dataKeyId: string): Promise<StoredDataKey> {
  return call.refusable({ action }, async () => {
    const dataKey = given(await call.kms.store.dataKey(dataKeyId), dataKeyId)
    nextDataKeyState(dataKey.state, 'use')
    return dataKey
  })
}

async function seal(
  call: Call,
  key: Key,
  { name, description = '' }: { readonly name: string; readonly description?: string },
  origin: StoredDataKey['origin'],
  plaintext: Uint8Array,
): Promise<StoredDataKey> {
  return {
    dataKeyId: randomUUID(),
    name: checkDataKeyName(name),
    keyId: key.id,
    description: checkDataKeyDescription(description),
    state: 'Enabled',
    numberOfBytes: plaintext.length,
    origin,
    creator: call.caller.principal,
    createdAt: call.kms.clock(),
    deletionAt: null,
    ciphertext: await call.kms.blobs.seal(key, plaintext, undefined),
  }
}

async function openGiven(call: Call, key: Key, blob: ReturnType<typeof decodeBlob>): Promise<Uint8Array> {
  if (blob === null || blob.keyId !== key.id)
    throw new HufuError('DecryptionFailed', 'expected a ciphertext of the key, received another')
  return call.kms.blobs.open(key, blob, undefined)
}

function given(dataKey: StoredDataKey | null, id: string): StoredDataKey {
  if (dataKey === null)
    throw new HufuError('DataKeyNotFound', `expected the id of a data key, received ${id.slice(0, 100)}`)
  return dataKey
}
