import { DecryptionError } from '@hufu/crypto'
import { HufuError, type ReplicaMessage, type ReplicaState } from '@hufu/wire'
import { checkPolicy } from '../directory/checks.ts'
import { putEntry } from '../directory/documents.ts'
import type { Key, KeyVersion } from '../key/key.ts'
import type { KmsParts } from '../kms-parts.ts'
import type { Reads, Writes } from '../store/store.ts'
import { nextRotation } from './group.ts'
import { replicaKey } from './replica-key.ts'

type Receiving = Pick<KmsParts, 'backend' | 'store' | 'factory' | 'place' | 'clock'>

/**
 * Unwraps what another region sent into this one's backend; the result writes it. Throws `InvalidMaterial` for material
 * that was not wrapped for it.
 */
export async function receiveReplica(
  kms: Receiving,
  message: ReplicaMessage,
  creator: string,
): Promise<(writes: Reads & Writes) => Promise<ReplicaState>> {
  checkGroup(message, kms.place.region)
  if (message.create?.policy !== undefined) checkPolicy(message.create.policy, 'key')
  const versions = await bindAll(kms, message)
  const fresh = newReplica(kms, message, creator)
  return async (writes) => {
    const there = await writes.key(message.keyId)
    if (there === null && message.create === undefined)
      throw new HufuError('KeyNotFound', `expected a key of this region, received ${message.keyId}`)
    if (there === null) await writes.insertKey(fresh)
    else await writes.updateKey(updated(there, message, kms.place.region))
    if (there === null) await writes.putTags(message.keyId, message.create?.tags ?? {})
    const document = message.create?.policy
    if (there === null && document !== undefined) await putEntry(writes, 'key-policy', message.keyId, { document })
    for (const version of versions)
      if ((await writes.version(version.keyId, version.version)) === null) await writes.insertVersion(version)
    await writes.announce({ keyId: message.keyId, change: 'version' })
    const { protection, state, createdAt } = there ?? fresh
    return { protectionLevel: protection, state, createdAt }
  }
}

function checkGroup({ keyId, group }: ReplicaMessage, region: string): void {
  if (keyId.startsWith('mrk-') && group.regions.includes(region) && group.regions.includes(group.primaryRegion)) return
  throw new HufuError('InvalidParameter', `expected a multi-Region key of ${region}, received ${keyId} of others`)
}

async function bindAll(kms: Receiving, message: ReplicaMessage): Promise<readonly KeyVersion[]> {
  const { keyId, versions } = message
  const wrapped = await unwrapAll(kms, message)
  const bind = (version: (typeof versions)[number], index: number) =>
    kms.factory.replicaVersion({ keyId, ...version, wrapped: wrapped[index] ?? new Uint8Array() })
  return Promise.all(versions.map(bind))
}

async function unwrapAll({ backend, store }: Receiving, message: ReplicaMessage): Promise<readonly Uint8Array[]> {
  const { spec, transfer, versions, keyId } = message
  if (transfer === null && versions.length === 0) return []
  if (transfer === null || transfer.wrapped.length !== versions.length)
    throw new HufuError('InvalidParameter', `expected the material of ${versions.length} versions of ${keyId}`)
  const { material } = await replicaKey(backend, store)
  try {
    return await backend.receiveKeys(spec, material, transfer)
  } catch (cause) {
    if (!(cause instanceof DecryptionError)) throw cause
    throw new HufuError('InvalidMaterial', `expected ${spec} material that was wrapped for this region`, { cause })
  }
}

/** An imported key waits here for the same material. */
function newReplica({ backend, place, clock }: Receiving, message: ReplicaMessage, creator: string): Key {
  const { spec, origin, group } = message
  const protection = backend.protection(spec)
  if (protection === null) throw new HufuError('NotSupported', `expected a key spec of this backend, received ${spec}`)
  const createdAt = clock()
  const external = origin === 'EXTERNAL'
  return {
    id: message.keyId,
    alias: '',
    description: message.create?.description ?? '',
    state: external ? 'PendingImport' : 'Enabled',
    spec,
    use: message.use,
    origin,
    protection,
    creator,
    createdAt,
    version: external ? 0 : message.version,
    rotationDays: message.rotationDays,
    nextRotationAt: nextRotation({ ...message, createdAt }, group, place.region),
    lastRotatedAt: message.lastRotatedAt,
    deletionAt: null,
    materialExpiresAt: null,
    materialCheck: message.materialCheck,
    multiRegion: { ...group, sync: NEVER },
    syncAt: null,
  }
}

const NEVER = { status: 'none', message: '', startedAt: null, endedAt: null } as const

/** What regions share; an older message changes nothing of it. Throws `InvalidParameter` for a key that is another. */
function updated(key: Key, message: ReplicaMessage, region: string): Key {
  const { multiRegion } = key
  if (multiRegion === null || key.spec !== message.spec || key.use !== message.use || key.origin !== message.origin)
    throw new HufuError('InvalidParameter', `expected the multi-Region key ${key.id}, received another kind of key`)
  const { group, rotationDays, lastRotatedAt, materialCheck } = message
  if (group.generation < multiRegion.generation) return key
  const shared = { rotationDays, lastRotatedAt, materialCheck: key.materialCheck ?? materialCheck }
  return {
    ...key,
    ...shared,
    version: key.origin === 'EXTERNAL' ? key.version : Math.max(key.version, message.version),
    nextRotationAt: nextRotation({ ...shared, createdAt: key.createdAt }, group, region),
    multiRegion: { ...group, sync: multiRegion.sync },
  }
}
