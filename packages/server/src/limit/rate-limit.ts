import { HufuError } from '@hufu/wire'
import { LRUCache } from 'lru-cache'

/** Askers remembered at most; who was forgotten starts with a full bucket. */
const KEPT = 100_000

interface Bucket {
  /** Requests that may still be made at `at`. */
  left: number
  at: number
}

/** So many requests a second for each asker, and as many at once after a second of rest. */
export class RateLimit {
  readonly #perSecond: number
  readonly #what: string
  readonly #clock: () => number
  readonly #buckets = new LRUCache<string, Bucket>({ max: KEPT })

  /** `perSecond` 0: without a limit. `what` an asker is: for the error's text. */
  constructor(perSecond: number, what: string, clock: () => number) {
    this.#perSecond = perSecond
    this.#what = what
    this.#clock = clock
  }

  /** Throws `RequestLimitExceeded`. */
  take(asker: string): void {
    if (this.#perSecond === 0) return
    const now = this.#clock()
    const bucket = this.#buckets.get(asker) ?? { left: this.#perSecond, at: now }
    const rested = Math.max(0, now - bucket.at) / 1000
    const left = Math.min(this.#perSecond, bucket.left + rested * this.#perSecond) - 1
    if (left < 0)
      throw new HufuError(
        'RequestLimitExceeded',
        `expected at most ${this.#perSecond} requests a second of one ${this.#what}`,
      )
    this.#buckets.set(asker, { left, at: now })
  }
}
