import type { KeyEvents, KeyService } from '@hufu/wire'
import { type OpenVolume, openVolume } from '../volume/open-volume.ts'
import { VolumeError } from '../volume-error.ts'

export interface LeaseOptions {
  readonly directory: string
  readonly services: readonly KeyService[]
  /** The header's name, where it is not that of a volume. */
  readonly header?: string
  /** How often the KMS is asked whether the volume may still be open; thirty times more seldom while key events come. */
  readonly probeMilliseconds: number
  /** How long an open volume goes on while the KMS can't be reached. */
  readonly leaseMilliseconds: number
  readonly events?: KeyEvents
  /** The volume may no longer be open: the KMS refused, or the lease ended. */
  readonly onLost: (reason: VolumeError) => void
  /** When the state changes. */
  readonly onState?: (lease: Pick<Lease, 'state' | 'lastConfirmed'>) => void
  /** It may be open again, with these keys. */
  readonly onRegained: (volume: OpenVolume) => void
}

/** While the KMS tells of every change, asking is only to notice that it is gone. */
const QUIET_TICKS = 30

export interface Lease {
  readonly state: 'held' | 'unreachable' | 'lost'
  readonly lastConfirmed: Date
  stop(): void
}

/** Asks the KMS again and again whether the volume key may be had: on key events at once, otherwise by the clock. */
export function holdLease(options: LeaseOptions): Lease {
  let state: Lease['state'] = 'held'
  let lastConfirmed = new Date()
  let asking: Promise<void> | null = null
  let stopped = false

  async function ask(): Promise<void> {
    try {
      using volume = await openVolume(options.directory, options.services, options.header)
      if (stopped) return
      lastConfirmed = new Date()
      if (state === 'lost') options.onRegained(volume)
      const before = state
      state = 'held'
      if (before !== 'held') options.onState?.({ state, lastConfirmed })
    } catch (error) {
      if (!stopped)
        refused(error instanceof VolumeError ? error : new VolumeError('Unreachable', String(error), { cause: error }))
    }
  }
  function refused(reason: VolumeError): void {
    const within = Date.now() - lastConfirmed.getTime() < options.leaseMilliseconds
    const before = state
    if (reason.code === 'Unreachable' && within && state !== 'lost') state = 'unreachable'
    else if (state !== 'lost') {
      state = 'lost'
      options.onLost(reason)
    }
    if (state !== before) options.onState?.({ state, lastConfirmed })
  }
  let ticks = 0
  function tick(): void {
    // A KMS that takes the question and never answers is away too.
    if (asking !== null) refused(new VolumeError('Unreachable', 'the KMS does not answer'))
    else if (options.events?.connected !== true || ++ticks % QUIET_TICKS === 0) probe()
  }
  function probe(): void {
    asking ??= ask().finally(() => (asking = null))
  }

  const timer = setInterval(tick, options.probeMilliseconds)
  const unsubscribe = options.events?.subscribe(probe)
  return {
    get state() {
      return state
    },
    get lastConfirmed() {
      return lastConfirmed
    },
    stop() {
      stopped = true
      clearInterval(timer)
      unsubscribe?.()
    },
  }
}
