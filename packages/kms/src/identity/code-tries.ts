import { HufuError } from '@hufu/wire'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'

/** Codes after which none is looked at for a while, unless one was good: of a million codes three are at a time. */
const TRIES_MAX = 5
/** Milliseconds. */
const PAUSE = 60_000
const KEPT = 10_000

interface Tried {
  readonly count: number
  readonly at: number
}

/** Codes of second factors since the last good one, by who showed them, so that nobody tries them all. */
export class CodeTries {
  readonly #clock: Clock
  readonly #tried = new LRUCache<string, Tried>({ max: KEPT })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a try before its code is looked at, or many at once would count as none. Throws `MfaCodeInvalid` for one too many. */
  take(principal: string): void {
    const now = this.#clock()
    const tried = this.#tried.get(principal)
    const isOver = tried === undefined || Math.abs(now - tried.at) >= PAUSE
    if (!isOver && tried.count >= TRIES_MAX)
      throw new HufuError('MfaCodeInvalid', `expected no code within a minute of ${TRIES_MAX} wrong ones`)
    this.#tried.set(principal, { count: isOver ? 1 : tried.count + 1, at: now })
  }

  /** The code was good. */
  clear(principal: string): void {
    this.#tried.delete(principal)
  }
}
