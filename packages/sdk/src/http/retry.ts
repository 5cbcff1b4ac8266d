import { setTimeout as sleep } from 'node:timers/promises'
import { HufuError, isHufuError } from '@hufu/wire'

export interface RetryOptions {
  /** Tries that may fail, the last one included. */
  readonly attempts: number
  /** Whether who asks too often waits for its turn. What was refused for that was not done, so it may be a change. */
  readonly waits: boolean
  /** Milliseconds for everything together. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds. A limit is so many requests a second: sooner than in a part of one there is nothing to hope for. */
const failure = { first: 25, longest: 1_000 }
const throttle = { first: 125, longest: 2_000 }

/**
 * Calls `attempt` until it answers, it fails for good, the tries are used up or the deadline is over.
 * Only `Unavailable` and, by who waits, `RequestLimitExceeded` are tried again, after a random part of a doubling pause,
 * so that many clients that failed together do not come back together. Throws the last failure, or the signal's reason.
 */
export async function retrying<T>(options: RetryOptions, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { attempts, waits, deadline, signal: caller } = options
  const timeout = AbortSignal.timeout(deadline)
  const signal = caller === undefined ? timeout : AbortSignal.any([timeout, caller])
  for (let failed = 0, throttled = 0; ; ) {
    let pause: number
    try {
      return await attempt(signal)
    } catch (error) {
      caller?.throwIfAborted()
      if (timeout.aborted) throw new HufuError('Unavailable', `no answer within ${deadline} ms`, { cause: error })
      if (waits && isHufuError(error, 'RequestLimitExceeded')) pause = pauseOf(throttle, ++throttled)
      else if (isHufuError(error, 'Unavailable') && ++failed < attempts) pause = pauseOf(failure, failed)
      else throw error
      await sleep(pause, undefined, { signal }).catch(() => {
        caller?.throwIfAborted()
        throw error
      })
    }
  }
}

const pauseOf = ({ first, longest }: typeof failure, nth: number): number =>
  Math.random() * Math.min(longest, first * 2 ** nth)
