import { HEAD_SIZE, type Header, type Recipient, type Secret } from '@hufu/crypto'
import type { EncryptionContext } from '@hufu/wire'
import type { Lease } from '../cache/cached-key.ts'
import { type CacheMetrics, DataKeyCache, type DataKeyCacheOptions } from '../cache/data-key-cache.ts'
import type { Regions } from '../region/regions.ts'
import { unwrapDataKey } from './unwrap.ts'
import { makeDataKey, type WrappedDetails, wrapDataKey } from './wrap.ts'

/** What a data key is asked for: by whom it must be openable, and what it is bound to. */
export interface KeyPlan {
  readonly keys: readonly string[]
  readonly context: EncryptionContext
  readonly minimum?: number | undefined
  readonly threshold?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Data keys for sealing and opening, out of the cache or from the key services. */
export class DataKeys implements Disposable {
  readonly #regions: Regions
  readonly #identity: string
  readonly #sealing: DataKeyCache<WrappedDetails>
  readonly #opening: DataKeyCache<null>

  constructor(regions: Regions, identity: string, cache: DataKeyCacheOptions) {
    this.#regions = regions
    this.#identity = identity
    this.#sealing = new DataKeyCache(cache)
    this.#opening = new DataKeyCache(cache)
  }

  get metrics(): { readonly sealing: CacheMetrics; readonly opening: CacheMetrics } {
    return { sealing: this.#sealing.metrics, opening: this.#opening.metrics }
  }

  /** A key to seal so many bytes with, wrapped under the plan's CMKs. Throws `HufuError`. */
  forSealing(plan: KeyPlan, bytes: number): Promise<Lease<WrappedDetails>> {
    const { keys, context, threshold = 1, minimum = keys.length, signal } = plan
    const name = nameOfPlan(plan)
    return this.#sealing.lease({
      identity: this.#identity,
      name,
      bytes,
      signal,
      load: async () => makeDataKey({ keys: keys.map((key) => this.#regions.place(key)), context, minimum, threshold }),
    })
  }

  /** The same, when it is here now; null when it would have to be waited for. */
  heldForSealing(plan: KeyPlan, bytes: number): Lease<WrappedDetails> | null {
    plan.signal?.throwIfAborted()
    return this.#sealing.held({ identity: this.#identity, name: nameOfPlan(plan), bytes })
  }

  /** The key wrapped under other CMKs, under all of them. */
  async wrap(secret: Secret, { keys, context, threshold = 1, signal }: KeyPlan): Promise<readonly Recipient[]> {
    const placed = keys.map((key) => this.#regions.place(key))
    const wrapped = await wrapDataKey(secret, { keys: placed, context, threshold, minimum: keys.length, signal })
    return wrapped.recipients
  }

  /** The key that the header's recipients hold. Throws `HufuError` that tells why each could not give it. */
  forOpening(header: Header, signal?: AbortSignal): Promise<Lease<null>> {
    return this.#opening.lease({
      identity: this.#identity,
      name: recipientsOf(header),
      signal,
      load: () => unwrapDataKey(this.#regions, header),
    })
  }

  /** The same, when it is here now; null when it would have to be waited for. */
  heldForOpening(header: Header, signal?: AbortSignal): Lease<null> | null {
    signal?.throwIfAborted()
    return this.#opening.held({ identity: this.#identity, name: recipientsOf(header) })
  }

  [Symbol.dispose](): void {
    this.#sealing[Symbol.dispose]()
    this.#opening[Symbol.dispose]()
  }
}

/** The same for equal plans and no others: every text stands behind its length. */
function nameOfPlan({ keys, context, threshold = 1, minimum = keys.length }: KeyPlan): string {
  checkCounts(keys, minimum, threshold)
  let name = `${minimum} ${threshold} ${keys.length} `
  for (const key of keys) name += sized(key)
  const pairs = Object.entries(context)
  if (pairs.length > 1) pairs.sort(byName)
  for (const [key, value] of pairs) name += sized(key) + sized(value)
  return name
}

function sized(text: string): string {
  if (typeof text !== 'string') throw new TypeError('expected keys and a context that are well-formed text')
  return `${text.length}:${text}`
}

/** Threshold, context and recipients: all that decides on the data key, and the same in all messages under it. */
const recipientsOf = ({ bytes, threshold }: Header): string =>
  `${threshold} ${Buffer.from(bytes.buffer, bytes.byteOffset + HEAD_SIZE, bytes.length - HEAD_SIZE - 32).toString('latin1')}`

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1)

function checkCounts(keys: readonly string[], minimum: number, threshold: number): void {
  if (keys.length < 1 || keys.length > 128) throw new TypeError(`expected 1 to 128 keys, received ${keys.length}`)
  if (keys.length > 1 && new Set(keys).size < keys.length) throw new TypeError('expected each key once')
  for (const [name, value] of [
    ['minimum', minimum],
    ['threshold', threshold],
  ] as const)
    if (!Number.isInteger(value) || value < 1 || value > keys.length)
      throw new TypeError(`expected a ${name} of 1 to ${keys.length} keys, received ${value}`)
}
