import type { Secret } from '@hufu/crypto'
import type { KeyEvents } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import { CachedKey, type Lease } from './cached-key.ts'
import { unlessCalledOff } from './unless-called-off.ts'

export interface DataKeyCacheOptions {
  /** Where changes of keys are heard. Without it every entry lives for `lifeUnheard` only. */
  readonly events?: KeyEvents
  /** Milliseconds for which an entry is used, 300,000 unless told. */
  readonly life?: number
  /** The same while changes of keys may be missed: 10,000 unless told. */
  readonly lifeUnheard?: number
  /** Messages sealed under one key, 2^32 unless told: beyond it salts could repeat (NIST SP 800-38D, 8.3). */
  readonly uses?: number
  /** Bytes sealed under one key, 2^46 unless told. */
  readonly bytes?: number
  /** Keys held at once, 1,000 unless told. */
  readonly capacity?: number
  /** Milliseconds of any steady clock. */
  readonly clock?: () => number
}

/** A data key as it was made or opened; the cache owns the secret from then on. */
export interface LoadedKey<Details> {
  readonly secret: Secret
  /** Ids of the CMKs whose change ends the use of it. */
  readonly keyIds: readonly string[]
  readonly details: Details
}

export interface KeyRequest<Details> {
  /** Who asks. What one identity may use, another never gets, whatever the name. */
  readonly identity: string
  readonly name: string
  /** Bytes that the caller will seal; 0 to open. */
  readonly bytes?: number
  /** Ends the caller's waiting, not the load: others may wait for it too. */
  readonly signal?: AbortSignal | undefined
  load(): Promise<LoadedKey<Details>>
}

/** Counts since the start, but for `entries`, which is now. */
export interface CacheMetrics {
  readonly hits: number
  readonly misses: number
  readonly revoked: number
  readonly entries: number
}

interface Flight<Details> {
  waiting: number
  readonly key: Promise<CachedKey<Details>>
}

/**
 * Data keys, held for a while so that not every message asks the KMS. At most one load of a key is under way;
 * a key is zeroised when it leaves the cache and nobody uses it any more; a change of its CMK ends it at once.
 */
export class DataKeyCache<Details = unknown> implements Disposable {
  readonly #limits: Required<Omit<DataKeyCacheOptions, 'events'>>
  readonly #events: KeyEvents | undefined
  readonly #entries: LRUCache<string, CachedKey<Details>>
  readonly #loads = new Map<string, Flight<Details>>()
  readonly #unsubscribe: () => void
  #counts = { hits: 0, misses: 0, revoked: 0 }
  /** Key changes heard: what was asked for before one is not kept after it. */
  #changes = 0

  constructor({ events, ...limits }: DataKeyCacheOptions = {}) {
    this.#limits = { ...defaults, ...limits }
    this.#events = events
    this.#entries = new LRUCache({ max: this.#limits.capacity, dispose: (key) => key.drop() })
    this.#unsubscribe = events?.subscribe(({ keyId }) => this.#revoke(keyId)) ?? (() => {})
  }

  get metrics(): CacheMetrics {
    return { ...this.#counts, entries: this.#entries.size }
  }

  /** The key, to be disposed of after use. Throws what `load` throws, to everybody who waits for the same load. */
  lease(request: KeyRequest<Details>): Promise<Lease<Details>> {
    const lease = this.#lease(request)
    return request.signal === undefined ? lease : unlessCalledOff(lease, request.signal)
  }

  /** The key, as `lease` gives it, when it is here now: nothing is loaded and nothing waited for. Null when it is not. */
  held({ identity, name, bytes = 0 }: Omit<KeyRequest<Details>, 'load' | 'signal'>): Lease<Details> | null {
    return this.#heldEntry(entryOf(identity, name), bytes)
  }

  #heldEntry(entry: string, bytes: number): Lease<Details> | null {
    const held = this.#entries.get(entry)
    const hit = held !== undefined && this.#isFresh(held) ? held.lease(bytes, this.#limits) : null
    if (hit !== null) this.#counts.hits++
    return hit
  }

  async #lease({ identity, name, bytes = 0, load }: KeyRequest<Details>): Promise<Lease<Details>> {
    const entry = entryOf(identity, name)
    for (;;) {
      const lease = this.#heldEntry(entry, bytes) ?? (await this.#joinLoad(entry, load)).lease(bytes, this.#limits)
      if (lease !== null) return lease
    }
  }

  /** Drops every key; those in use are zeroised when they are given back. */
  [Symbol.dispose](): void {
    this.#unsubscribe()
    this.#changes++
    this.#entries.clear()
  }

  #isFresh(key: CachedKey<Details>): boolean {
    const { life, lifeUnheard, clock } = this.#limits
    const lives = this.#events?.connected === true ? life : Math.min(life, lifeUnheard)
    return clock() - key.since < lives
  }

  /** A key that can not vanish before the caller leases it, in the same turn. */
  async #joinLoad(entry: string, load: () => Promise<LoadedKey<Details>>): Promise<CachedKey<Details>> {
    const flight = this.#loads.get(entry) ?? this.#startLoad(entry, load)
    flight.waiting++
    return flight.key
  }

  #startLoad(entry: string, load: () => Promise<LoadedKey<Details>>): Flight<Details> {
    this.#counts.misses++
    const since = this.#limits.clock()
    const changes = this.#changes
    const keep = (loaded: LoadedKey<Details>): CachedKey<Details> => {
      this.#loads.delete(entry)
      const key = new CachedKey(loaded, since, flight.waiting)
      if (changes === this.#changes) this.#entries.set(entry, key)
      else key.drop()
      return key
    }
    const fail = (error: unknown): never => {
      this.#loads.delete(entry)
      throw error
    }
    const flight: Flight<Details> = { waiting: 0, key: load().then(keep, fail) }
    this.#loads.set(entry, flight)
    return flight
  }

  #revoke(keyId: string): void {
    this.#changes++
    for (const [name, key] of this.#entries.entries()) {
      if (keyId !== '*' && !key.keyIds.includes(keyId)) continue
      this.#counts.revoked++
      this.#entries.delete(name)
    }
  }
}

/** One for every pair: the identity's length tells where it ends. */
const entryOf = (identity: string, name: string): string => `${identity.length} ${identity}${name}`

const defaults: Required<Omit<DataKeyCacheOptions, 'events'>> = {
  life: 300_000,
  lifeUnheard: 10_000,
  uses: 2 ** 32,
  bytes: 2 ** 46,
  capacity: 1000,
  clock: () => performance.now(),
}
