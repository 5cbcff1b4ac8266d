import { HufuError, isHufuError, type RegionPeer, type ReplicaMessage, type ReplicaState } from '@hufu/wire'
import { toHufuError } from '../failure.ts'
import type { Key, StoredRegions } from '../key/key.ts'
import type { KmsParts } from '../kms-parts.ts'
import { othersOf, regionsOf } from './group.ts'

/** Milliseconds until a region that could not be told is tried again. */
const RETRY = 60_000
const BATCH = 100

type Parts = Pick<KmsParts, 'store' | 'ring' | 'backend' | 'clock' | 'place' | 'peers' | 'events'>

/** Tells other regions of the keys that they have too. What could not be told is told by the next run. */
export class Replication {
  readonly #kms: Parts

  constructor(kms: Parts) {
    this.#kms = kms
  }

  /** Throws `InvalidParameter` for a region that is not configured. */
  peer(region: string): RegionPeer {
    const peer = this.#kms.peers.get(region)
    if (peer !== undefined) return peer
    const known = [...this.#kms.peers.keys()].join(', ') || 'none'
    throw new HufuError('InvalidParameter', `expected another region that is configured (${known}), received ${region}`)
  }

  /** Sends the key to one region, wrapped from token to token. */
  async send(key: Key, group: StoredRegions, region: string, create?: ReplicaMessage['create']): Promise<ReplicaState> {
    const peer = this.peer(region)
    const { sync: _, ...told } = group
    const material = key.origin === 'EXTERNAL' ? NOTHING : await this.#material(key, peer)
    return peer.putReplica({
      keyId: key.id,
      spec: key.spec,
      use: key.use,
      origin: key.origin,
      materialCheck: key.materialCheck,
      version: key.version,
      rotationDays: key.rotationDays,
      lastRotatedAt: key.lastRotatedAt,
      group: told,
      ...material,
      ...(create === undefined ? {} : { create }),
    })
  }

  /** Everything that is due to be told. */
  async run(): Promise<void> {
    const tried = new Set<string>()
    for (;;) {
      const due = await this.#kms.store.due('sync', this.#kms.clock(), BATCH + tried.size)
      const fresh = due.filter((id) => !tried.has(id))
      if (fresh.length === 0) return
      for (const id of fresh) {
        tried.add(id)
        await this.tell(id)
      }
    }
  }

  /** Tells every other region of the key as it is now, and keeps how that went. Never throws for a region's failure. */
  async tell(id: string): Promise<void> {
    const key = await this.#kms.store.key(id)
    if (key === null || key.multiRegion === null || key.syncAt === null) return
    const { clock, place } = this.#kms
    const startedAt = clock()
    const failures: string[] = []
    const gone: string[] = []
    for (const region of othersOf(key.multiRegion, place.region)) {
      const failure = await this.#failure(key, key.multiRegion, region)
      if (failure?.code === 'KeyNotFound') gone.push(region)
      else if (failure !== null) failures.push(`${region}: ${failure.message}`)
    }
    await this.#keep(key, { failures, gone, startedAt })
  }

  async #failure(key: Key, group: StoredRegions, region: string): Promise<HufuError | null> {
    try {
      await this.send(key, group, region)
      return null
    } catch (cause) {
      return isHufuError(cause) ? cause : toHufuError(cause)
    }
  }

  /** A change that was made meanwhile is still to be told. A region that deleted its replica has none any more. */
  async #keep(key: Key, told: Told): Promise<void> {
    const { store, clock, events } = this.#kms
    const { failures, gone, startedAt } = told
    await store.transact(async (writes) => {
      const now = await writes.key(key.id)
      if (now === null || now.multiRegion === null) return
      const status = failures.length === 0 ? ('ok' as const) : ('failed' as const)
      const sync = { status, message: failures.join('; '), startedAt, endedAt: clock() }
      const unchanged = now.multiRegion.generation === key.multiRegion?.generation
      const syncAt = failures.length > 0 ? clock() + RETRY : unchanged ? null : now.syncAt
      const regions = now.multiRegion.regions.filter((region) => !gone.includes(region))
      await writes.updateKey({ ...now, syncAt, multiRegion: { ...now.multiRegion, regions, sync } })
      await writes.announce({ keyId: key.id, change: 'state' })
    })
    events.publish({ keyId: key.id, change: 'state' })
  }

  async #material(key: Key, peer: RegionPeer): Promise<Pick<ReplicaMessage, 'versions' | 'transfer'>> {
    const versions = await this.#kms.store.versions(key.id)
    const materials = await Promise.all(versions.map(({ version }) => this.#kms.ring.material(key, version)))
    return {
      versions: versions.map(({ version, createdAt, cause, publicKey }) => ({ version, createdAt, cause, publicKey })),
      transfer: await this.#kms.backend.exportKeys(materials, await peer.replicaKey()),
    }
  }
}

interface Told {
  readonly failures: readonly string[]
  readonly gone: readonly string[]
  readonly startedAt: number
}

const NOTHING = { versions: [], transfer: null }

/** The others' regions must have no replica any more. Throws `KeyHasReplicas`. */
export function checkNoReplicas(key: Key, region: string): void {
  if (key.multiRegion === null || key.multiRegion.primaryRegion !== region) return
  const others = othersOf(regionsOf(key), region)
  if (others.length === 0) return
  throw new HufuError(
    'KeyHasReplicas',
    `expected a primary without replicas, received one with some in ${others.join(', ')}`,
  )
}
