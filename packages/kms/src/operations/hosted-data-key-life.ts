import { type HostedDataKey, type HostedDataKeyQuery, HufuError } from '@hufu/wire'
import { givenDataKey, type StoredDataKey, toHosted } from '../data-key/data-key.ts'
import { type DataKeyAction, nextDataKeyState } from '../data-key/data-key-state.ts'
import type { Call, Request } from '../kms.ts'
import { checkBatch, checkDataKeyDescription, checkDataKeyName, checkPage, DAY, deletionWindow } from '../limits.ts'

export async function describeDataKeys(call: Call, dataKeyIds: readonly string[]): Promise<readonly HostedDataKey[]> {
  return call.run({ action: 'DescribeDataKey' }, async () => {
    const found: HostedDataKey[] = []
    for (const id of checkBatch(dataKeyIds)) found.push(toHosted(givenDataKey(await call.kms.store.dataKey(id), id)))
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
      const dataKey = givenDataKey(await writes.dataKey(id), id)
      await writes.updateDataKey({ ...dataKey, ...changes, state: nextDataKeyState(dataKey.state, action) })
    }
  })
}

const checked = (ids: readonly string[]) => () => checkBatch(ids)
