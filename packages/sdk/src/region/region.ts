import { isHufuError, type KeyEvents, type KeyService } from '@hufu/wire'
import { CircuitBreaker } from './circuit-breaker.ts'
import { Latency } from './latency.ts'

/** Whose API wraps a data key: written into every recipient of a message. */
export type Provider = 'hufu' | 'aws' | 'tencent' | 'unsafe-static'

export interface RegionOptions {
  /** What keys are prefixed with, `a:KEYID`, and what messages name it by. */
  readonly name: string
  readonly provider: Provider
  readonly keys: KeyService
  /** Where changes of its keys are heard. Without it data keys are kept for a short while only. */
  readonly events?: KeyEvents
}

/** Milliseconds to wait for a region before another is asked too, where none has answered yet. */
const HEDGE_UNKNOWN = 200
const HEDGE_MIN = 2

/** One KMS, and what was seen of its health. */
export class Region {
  readonly name: string
  readonly provider: Provider
  readonly #keys: KeyService
  readonly #latency = new Latency()
  readonly #breaker = new CircuitBreaker()

  constructor({ name, provider, keys }: RegionOptions) {
    this.name = name
    this.provider = provider
    this.#keys = keys
  }

  get isSick(): boolean {
    return this.#breaker.isOpen
  }

  /** Milliseconds of a typical answer; 0 while none was seen, so that the regions' own order counts. */
  get distance(): number {
    return this.#latency.quantile(0.5) ?? 0
  }

  /** Milliseconds after which an answer is late: the p95 seen. */
  get patience(): number {
    return Math.max(HEDGE_MIN, this.#latency.quantile(0.95) ?? HEDGE_UNKNOWN)
  }

  /** Whether to ask it now: a sick region is asked only now and then, to see whether it is well. */
  admit(): boolean {
    return this.#breaker.enter()
  }

  /** Makes one call and learns from how it went. A refusal is an answer: only `Unavailable` is a failure. */
  async call<T>(signal: AbortSignal, use: (keys: KeyService) => Promise<T>): Promise<T> {
    const started = performance.now()
    const answered = (): void => {
      this.#latency.add(performance.now() - started)
      this.#breaker.succeeded()
    }
    try {
      const answer = await use(this.#keys)
      answered()
      return answer
    } catch (error) {
      if (signal.aborted) this.#calledOff(signal, started)
      else if (isHufuError(error, 'Unavailable')) this.#breaker.failed()
      else answered()
      throw error
    }
  }

  /** A call that another region overtook while this one was late counts against it. */
  #calledOff(signal: AbortSignal, started: number): void {
    if (signal.reason === OVERTAKEN && performance.now() - started > this.patience) this.#breaker.failed()
    else this.#breaker.calledOff()
  }
}

/** Why the calls that were not needed in the end are aborted. */
export const OVERTAKEN = new DOMException('another region answered first', 'AbortError')
