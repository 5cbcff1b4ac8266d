import { type HostedDataKey, type HostedDataKeyQuery, HufuError } from '@hufu/wire'
import { givenDataKey, type StoredDataKey, toHosted } from '../data-key/data-key.ts'
import { type DataKeyAction, nextDataKeyState } from '../data-key/data-key-state.ts'
import type { Call } from '../kms.ts'
import { checkBatch, checkDataKeyDescription, checkDataKeyName, checkPage, DAY, deletionWindow } from '../limits.ts'

export async function describeDataKeys(call: Call, dataKeyIds: readonly string[]): Promise<readonly HostedDataKey[]> {
  return call.run({ action: 'DescribeDataKey', subject: dataKeyIds.join(' ') }, async () => {
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
  changeAll(call, 'EnableDataKey', ids, 'enable')

export const disableDataKeys = (call: Call, ids: readonly string[]): Promise<void> =>
  changeAll(call, 'DisableDataKey', ids, 'disable')

export async function scheduleDataKeyDeletion(
  call: Call,
  dataKeyId: string,
  windowDays: number,
): Promise<{ readonly deletionAt: number }> {
  const deletionAt = call.kms.clock() + windowDays * DAY
  await changeAll(call, 'ScheduleDataKeyDeletion', [dataKeyId], 'scheduleDeletion', () => {
    deletionWindow(windowDays)
    return { deletionAt }
  })
  return { deletionAt }
}

export function cancelDataKeyDeletion(call: Call, dataKeyId: string): Promise<void> {
  const fields = () => ({ deletionAt: null })
  return changeAll(call, 'CancelDataKeyDeletion', [dataKeyId], 'cancelDeletion', fields)
}

export function renameDataKey(call: Call, dataKeyId: string, name: string): Promise<void> {
  const fields = () => ({ name: checkDataKeyName(name) })
  return changeAll(call, 'UpdateDataKeyName', [dataKeyId], 'describe', fields)
}

export function describeDataKeyAs(call: Call, dataKeyId: string, description: string): Promise<void> {
  const fields = () => ({ description: checkDataKeyDescription(description) })
  return changeAll(call, 'UpdateDataKeyDescription', [dataKeyId], 'describe', fields)
}

/** All or none, in one transaction with the audit record. `fields` checks and gives what else changes. */
function changeAll(
  call: Call,
  action: string,
  ids: readonly string[],
  needs: DataKeyAction,
  fields: () => Partial<StoredDataKey> = () => ({}),
): Promise<void> {
  return call.changeRows({ action, subject: ids.join(' ') }, async (writes) => {
    const changes = fields()
    for (const id of checkBatch(ids)) {
      const dataKey = givenDataKey(await writes.dataKey(id), id)
      await writes.updateDataKey({ ...dataKey, ...changes, state: nextDataKeyState(dataKey.state, needs) })
    }
  })
}
