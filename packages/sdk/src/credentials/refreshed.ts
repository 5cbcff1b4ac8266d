import type { Credentials, CredentialsProvider } from './credentials.ts'

/** Credentials that end. */
export interface Temporary {
  readonly credentials: Credentials
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Milliseconds before their end from which on new ones are asked for: longer than a request and its retries. */
const AHEAD = 300_000
/** Milliseconds after a failed renewal in which the old ones do and nobody is asked. */
const PAUSE = 10_000

/**
 * Renews credentials before they end, by one load at a time. When that fails those at hand are used to their end,
 * and it is tried again. Throws what `load` throws when there are none left.
 */
export function refreshed(load: () => Promise<Temporary>, clock: () => number = Date.now): CredentialsProvider {
  let held: Temporary | null = null
  let renewAt = Number.NEGATIVE_INFINITY
  let loading: Promise<Credentials> | null = null

  async function renew(): Promise<Credentials> {
    try {
      held = await load()
      renewAt = renewalOf(held, clock())
    } catch (error) {
      if (held === null || clock() >= held.expiresAt) throw error
      renewAt = clock() + PAUSE
    } finally {
      loading = null
    }
    return held.credentials
  }

  return async () => {
    if (held !== null && clock() < renewAt) return held.credentials
    loading ??= renew()
    return loading
  }
}

/** Short-lived ones are renewed half-way. */
const renewalOf = ({ expiresAt }: Temporary, now: number): number =>
  Math.max(expiresAt - AHEAD, now + (expiresAt - now) / 2)
