import { randomUUID } from 'node:crypto'
import type {
  CreateKeyInput,
  DeletionInput,
  KeyLastUse,
  KeyMetadata,
  KeyPage,
  KeyPlace,
  KeyQuery,
  KeysAfter,
  ScheduledDeletion,
} from '@hufu/wire'
import { checkLockout } from '../access/check-lockout.ts'
import { checkPolicy } from '../directory/checks.ts'
import { putEntry } from '../directory/documents.ts'
import { checkUnbound } from '../key/check-unbound.ts'
import type { Key } from '../key/key.ts'
import type { NewKey } from '../key/key-factory.ts'
import { usingActions } from '../key/key-use.ts'
import type { KeyAction } from '../key/state.ts'
import type { Call } from '../kms.ts'
import { checkBatch, checkDescription, checkPage, DAY, deletionWindow } from '../limits.ts'
import { othersOf, toldLater } from '../replication/group.ts'
import { checkNoReplicas } from '../replication/replication.ts'

export async function createKey(call: Call, input: CreateKeyInput): Promise<KeyMetadata> {
  const make = () => withPolicy(call, input)
  return call.metadata(await call.create({ action: 'CreateKey', requestTags: input.tags ?? {} }, make))
}

async function withPolicy(call: Call, input: CreateKeyInput): Promise<NewKey> {
  const id = input.multiRegion === true ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID()
  const made = await call.kms.factory.make(id, input, call.caller.principal)
  const { policy: document, bypassLockout = false } = input
  if (document === undefined) return made
  const facts = { tags: input.tags ?? {}, aliases: [], grants: [] }
  if (bypassLockout) checkPolicy(document, 'key')
  else await checkLockout(call, made.key, document, facts)
  return {
    key: made.key,
    async write(writes) {
      await made.write(writes)
      await putEntry(writes, 'key-policy', made.key.id, { document })
    },
  }
}

export function describeKey(call: Call, keyId: string): Promise<KeyMetadata> {
  return call.use({ action: 'DescribeKey', keyName: keyId, needs: 'describe' }, async (key) => call.metadata(key))
}

/** What the audit says of it up to now. */
export function keyLastUse(call: Call, keyId: string): Promise<KeyLastUse> {
  return call.use({ action: 'GetKeyLastUsage', keyName: keyId, needs: 'describe' }, async ({ id, createdAt }) => {
    const { store } = call.kms
    await store.followKeyUses()
    const [use, since] = [await store.keyUse(id), await store.keyUsesSince()]
    const last = use === null ? null : { ...use, operation: usingActions[use.action] ?? use.action }
    return { keyId: id, createdAt, since: Math.max(createdAt, since), last }
  })
}

export function listKeys(call: Call, query: KeyQuery = {}): Promise<KeyPage> {
  return call.run({ action: 'ListKeys' }, async () => {
    const { keys, totalCount } = await call.kms.store.listKeys(checkPage(query))
    return { keys: keys.map((key) => call.metadata(key)), totalCount }
  })
}

export function keysAfter(call: Call, place: KeyPlace | null, limit: number): Promise<KeysAfter> {
  return call.run({ action: 'ListKeys' }, async () => {
    const { limit: size } = checkPage({ limit })
    const found = await call.kms.store.keysAfter(place, size + 1)
    const keys = found.slice(0, size).map((key) => call.metadata(key))
    const last = found.length > size ? keys.at(-1) : undefined
    return { keys, next: last === undefined ? null : { createdAt: last.createdAt, keyId: last.keyId } }
  })
}

/** In the order of the names; all or none. */
export async function describeKeys(call: Call, keyIds: readonly string[]): Promise<readonly KeyMetadata[]> {
  const found: KeyMetadata[] = []
  const named = await call.resolve({ action: 'DescribeKey' }, async () => checkBatch(keyIds))
  for (const keyId of named) found.push(await describeKey(call, keyId))
  return found
}

const changeStates =
  (action: string, needs: KeyAction) =>
  async (call: Call, keyIds: readonly string[]): Promise<void> => {
    const named = await call.resolve({ action }, async () => checkBatch(keyIds))
    await call.changeAll({ action, needs }, named, (writes, key) => writes.updateKey(key))
  }

export const enableKeys = changeStates('EnableKey', 'enable')
export const disableKeys = changeStates('DisableKey', 'disable')

const changeState =
  (action: string, needs: KeyAction) =>
  (call: Call, keyId: string): Promise<void> =>
    call.change({ action, keyName: keyId, needs }, (writes, key) => writes.updateKey(key))

export const enableKey = changeState('EnableKey', 'enable')
export const disableKey = changeState('DisableKey', 'disable')
export const archiveKey = changeState('ArchiveKey', 'archive')
export const unarchiveKey = changeState('CancelKeyArchive', 'unarchive')

export async function scheduleKeyDeletion(call: Call, input: DeletionInput): Promise<ScheduledDeletion> {
  const needs = input.disableFirst === true ? 'disableAndScheduleDeletion' : 'scheduleDeletion'
  const request = { action: 'ScheduleKeyDeletion', keyName: input.keyId, needs } as const
  await call.prepare(request, (key) => askReplicas(call, key))
  return call.change(request, async (writes, key) => {
    const deletionAt = call.kms.clock() + deletionWindow(input.windowDays) * DAY
    checkNoReplicas(key, call.kms.place.region)
    await checkUnbound(writes, key)
    await writes.updateKey({ ...key, deletionAt })
    return { keyId: call.arn(key), deletionAt }
  })
}

/** Which replicas of a primary are still there is known by asking their regions. */
async function askReplicas(call: Call, key: Key): Promise<void> {
  const { replication, place, clock, store } = call.kms
  if (key.multiRegion === null || othersOf(key.multiRegion, place.region).length === 0) return
  await store.transact(async (writes) => {
    const now = await writes.key(key.id)
    if (now !== null) await writes.updateKey(toldLater(now, place.region, clock()))
  })
  await replication.tell(key.id)
}

export function cancelKeyDeletion(call: Call, keyId: string): Promise<{ readonly keyId: string }> {
  const request = { action: 'CancelKeyDeletion', keyName: keyId, needs: 'cancelDeletion' } as const
  return call.change(request, async (writes, key) => {
    const state = (await writes.version(key.id, key.version)) === null ? 'PendingImport' : key.state
    await writes.updateKey({ ...key, state, deletionAt: null })
    return { keyId: call.arn(key) }
  })
}

export function updateDescription(call: Call, keyId: string, description: string): Promise<void> {
  const request = { action: 'UpdateKeyDescription', keyName: keyId, needs: 'edit' } as const
  return call.change(request, (writes, key) => writes.updateKey({ ...key, description: checkDescription(description) }))
}
