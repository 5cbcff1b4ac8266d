import { setTimeout as sleep } from 'node:timers/promises'
import { HufuError, isHufuError } from '@hufu/wire'

export interface RetryOptions {
  /** Tries in all, the first one included. */
  readonly attempts: number
  /** Milliseconds for everything together. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

const FIRST_PAUSE = 25
const LONGEST_PAUSE = 1_000

/**
 * Calls `attempt` until it answers, it fails for good, the tries are used up or the deadline is over.
 * Only `Unavailable` is tried again, after a random part of a doubling pause, so that many clients that
 * failed together do not come back together. Throws the last failure, or the signal's reason.
 */
export async function retrying<T>(options: RetryOptions, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { attempts, deadline, signal: caller } = options
  const timeout = AbortSignal.timeout(deadline)
  const signal = caller === undefined ? timeout : AbortSignal.any([timeout, caller])
  for (let tried = 1; ; tried++) {
    try {
      return await attempt(signal)
    } catch (error) {
      caller?.throwIfAborted()
      if (timeout.aborted) throw new HufuError('Unavailable', `no answer within ${deadline} ms`, { cause: error })
      if (tried >= attempts || !isHufuError(error, 'Unavailable')) throw error
    }
    await pause(tried, signal).catch(() => caller?.throwIfAborted())
  }
}

const pause = (tried: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tried), undefined, { signal })
