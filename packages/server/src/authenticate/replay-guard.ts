import { CLOCK_SKEW_MAX, HufuError } from '@hufu/wire'
import { LRUCache } from 'lru-cache'

/** Changes remembered at most; a flood of changes beyond that makes the window shorter, never the memory larger. */
const KEPT = 100_000

/**
 * Refuses a change that was asked for before with the very same signature, for as long as a signature
 * is good. Only signatures that cover something unique can be told from an honest repetition.
 */
export class ReplayGuard {
  readonly #seen = new LRUCache<string, true>({ max: KEPT, ttl: 2 * CLOCK_SKEW_MAX })

  /** Throws `Replayed`. */
  check(once: string): void {
    if (this.#seen.has(once)) throw new HufuError('Replayed', 'expected a new request, received one a second time')
    this.#seen.set(once, true)
  }
}
