import type { Secret } from '@hufu/crypto'
import type { LoadedKey } from './data-key-cache.ts'

/** A data key in use: not to be touched after its disposal. */
export interface Lease<Details> extends Disposable {
  readonly secret: Secret
  readonly details: Details
}

/** One entry: the secret lives until it has left the cache and the last lease of it is disposed of. */
export class CachedKey<Details> {
  readonly keyIds: readonly string[]
  readonly since: number
  readonly #secret: Secret
  readonly #details: Details
  #uses = 0
  #bytes = 0
  /** Leases, and those who waited for the load and are about to take theirs. */
  #holders: number
  #waiting: number
  #dropped = false
  /** One function for all leases of the key: one for each would cost as much as the lookup. */
  readonly #giveBack = (): void => this.#release()

  constructor({ secret, keyIds, details }: LoadedKey<Details>, since: number, waiting: number) {
    this.#secret = secret
    this.keyIds = keyIds
    this.#details = details
    this.since = since
    this.#holders = waiting
    this.#waiting = waiting
  }

  /** Null when the key is used up; a first use is never too much for it. */
  lease(bytes: number, limits: { readonly uses: number; readonly bytes: number }): Lease<Details> | null {
    if (this.#waiting > 0) this.#waiting--
    else this.#holders++
    const usedUp = this.#uses >= limits.uses || this.#bytes + bytes > limits.bytes
    if (usedUp && this.#uses > 0) {
      this.#release()
      return null
    }
    this.#uses++
    this.#bytes += bytes
    return new HeldKey(this.#secret, this.#details, this.#giveBack)
  }

  /** The cache holds it no longer. */
  drop(): void {
    this.#dropped = true
    this.#wipe()
  }

  #release(): void {
    this.#holders--
    this.#wipe()
  }

  #wipe(): void {
    if (this.#dropped && this.#holders === 0) this.#secret[Symbol.dispose]()
  }
}

/** Given back once, however often it is disposed of. */
class HeldKey<Details> implements Lease<Details> {
  readonly secret: Secret
  readonly details: Details
  #giveBack: (() => void) | null

  constructor(secret: Secret, details: Details, giveBack: () => void) {
    this.secret = secret
    this.details = details
    this.#giveBack = giveBack
  }

  [Symbol.dispose](): void {
    this.#giveBack?.()
    this.#giveBack = null
  }
}
