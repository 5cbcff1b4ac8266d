export interface BreakerOptions {
  /** Failures in a row that open it, 3 unless told. */
  readonly failures?: number
  /** Milliseconds for which it first stays open, 1,000 unless told; doubled at every failed probe, to 30 times that. */
  readonly pause?: number
  /** Milliseconds of any steady clock. */
  readonly clock?: () => number
}

const LONGEST = 30

/**
 * Remembers a service that is sick, so that nobody waits for it: after some failures in a row it is left alone
 * for a pause, then one call at a time is let through to see whether it is well.
 */
export class CircuitBreaker {
  readonly #options: Required<BreakerOptions>
  #failures = 0
  #pause: number
  #restsUntil = Number.NEGATIVE_INFINITY
  #probing = false

  constructor({ failures = 3, pause = 1_000, clock = () => performance.now() }: BreakerOptions = {}) {
    this.#options = { failures, pause, clock }
    this.#pause = pause
  }

  get isOpen(): boolean {
    return this.#failures >= this.#options.failures
  }

  /** Whether a call may be made now. A caller that is let through to an open one reports how it went. */
  enter(): boolean {
    if (!this.isOpen) return true
    if (this.#probing || this.#options.clock() < this.#restsUntil) return false
    this.#probing = true
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#pause = this.#options.pause
    this.#probing = false
  }

  failed(): void {
    const { clock, pause, failures } = this.#options
    this.#failures++
    if (this.#failures < failures) return
    if (this.#probing) this.#pause = Math.min(this.#pause * 2, pause * LONGEST)
    this.#probing = false
    this.#restsUntil = clock() + this.#pause
  }

  /** The call said nothing of the service's health: it was called off. */
  calledOff(): void {
    this.#probing = false
  }
}
