import {
  HufuError,
  type KeyMetadata,
  keyArn,
  type ReplicaMessage,
  type ReplicaState,
  type ReplicateInput,
} from '@hufu/wire'
import { checkPolicy } from '../directory/checks.ts'
import type { Call } from '../kms.ts'
import { checkDescription, checkTags } from '../limits.ts'
import { primaryHere, withGroup } from '../replication/group.ts'
import { receiveReplica } from '../replication/receive.ts'
import { replicaKey as ownReplicaKey } from '../replication/replica-key.ts'

/** The other region has the replica before this one knows of it: asked again after a crash between, it is found. */
export async function replicateKey(call: Call, input: ReplicateInput): Promise<KeyMetadata> {
  const { place, clock, replication } = call.kms
  const { region, description = '' } = input
  const create = await call.resolve({ action: 'ReplicateKey', subject: input.keyId }, async () => checked(input))
  const request = { action: 'ReplicateKey', keyName: input.keyId, needs: 'describe' } as const
  let replica: ReplicaState | null = null
  const primary = await call.prepare(request, async (key) => {
    const group = primaryHere(key, place.region)
    if (group.regions.includes(region))
      throw new HufuError('ReplicaAlreadyExists', `expected a region without the key, received ${region}`)
    const grown = { ...group, regions: [...group.regions, region], generation: group.generation + 1 }
    replica = await replication.send(key, grown, region, create)
    return key
  })
  await call.change({ ...request, keepState: true }, async (writes, key) => {
    const { regions } = primaryHere(key, place.region)
    if (!regions.includes(region))
      await writes.updateKey(withGroup(key, { regions: [...regions, region] }, place.region, clock()))
  })
  await replication.tell(primary.id)
  return replicaMetadata(await call.kms.ring.find(primary.id), call, region, description, replica)
}

function checked({ description = '', tags = {}, policy }: ReplicateInput) {
  if (policy !== undefined) checkPolicy(policy, 'key')
  const own = policy === undefined ? {} : { policy }
  return { description: checkDescription(description), tags: checkTags(tags), ...own }
}

/** This region stops being the primary before the other begins, so that there are never two. */
export async function updatePrimaryRegion(call: Call, keyId: string, region: string): Promise<void> {
  const { place, clock, replication } = call.kms
  const request = { action: 'UpdatePrimaryRegion', keyName: keyId, needs: 'edit' } as const
  const { id } = await call.prepare(request, async (key) => {
    const group = primaryHere(key, place.region)
    if (!group.regions.includes(region) || region === place.region)
      throw new HufuError('InvalidParameter', `expected the region of a replica, received ${region}`)
    await replication.send(key, group, region)
    return key
  })
  await call.change({ ...request, keepState: true }, async (writes, key) => {
    primaryHere(key, place.region)
    await writes.updateKey(withGroup(key, { primaryRegion: region }, place.region, clock()))
  })
  await replication.tell(id)
}

export function replicaKey(call: Call): Promise<Uint8Array> {
  return call.run({ action: 'GetReplicaKey' }, async () => {
    const { publicKey } = await ownReplicaKey(call.kms.backend, call.kms.store)
    return publicKey
  })
}

export async function putReplica(call: Call, message: ReplicaMessage): Promise<ReplicaState> {
  const subject = keyArn(call.kms.place.region, call.kms.place.accountId, message.keyId)
  const request = { action: 'PutReplica', subject }
  const write = await call.refusable(request, () => receiveReplica(call.kms, message, call.caller.principal))
  const state = await call.changeRows(request, write)
  call.kms.events.publish({ keyId: message.keyId, change: 'version' })
  return state
}

function replicaMetadata(
  primary: Parameters<Call['metadata']>[0] | null,
  call: Call,
  region: string,
  description: string,
  replica: ReplicaState | null,
): KeyMetadata {
  if (primary === null || replica === null) throw new HufuError('KeyNotFound', 'expected the primary, which is gone')
  const { accountId } = call.kms.place
  return {
    ...call.metadata(primary),
    ...replica,
    arn: keyArn(region, accountId, primary.id),
    alias: '',
    description,
    nextRotationAt: null,
    deletionAt: null,
    materialExpiresAt: null,
  }
}
