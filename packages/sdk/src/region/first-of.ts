import { AllFailed, type FailedTry } from './all-failed.ts'
import { OVERTAKEN, type Region } from './region.ts'

/** One way to get an answer: from this region, by this call. */
export interface Candidate<T> {
  readonly region: Region
  /** What failures are told by: `a:KEYID`. */
  readonly name: string
  call(signal: AbortSignal): Promise<T>
}

/** Near before far, otherwise in the order given. */
export const byDistance = <T extends { readonly region: Region }>(candidates: readonly T[]): T[] =>
  candidates.toSorted(({ region: a }, { region: b }) => a.distance - b.distance)

/**
 * The first answer. The nearest healthy region is asked; the next one as soon as that failed or is later than it
 * usually is; those still asked when an answer comes are called off. A sick region is asked when nobody else is left
 * and, from time to time, beside the others to see whether it is well. Answers that nobody needs any more are given
 * to `discard`. Throws `AllFailed`, or the signal's reason.
 */
export const firstOf = <T>(
  candidates: readonly Candidate<T>[],
  discard: (answer: T) => void,
  caller?: AbortSignal,
): Promise<T> => new Race(candidates, discard, caller).answer

class Race<T> {
  readonly answer: Promise<T>
  readonly #waiting: Candidate<T>[]
  readonly #tries: FailedTry[] = []
  readonly #end = new AbortController()
  readonly #discard: (answer: T) => void
  #running = 0
  #late: NodeJS.Timeout | undefined
  #resolve: (answer: T) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(candidates: readonly Candidate<T>[], discard: (answer: T) => void, caller: AbortSignal | undefined) {
    const near = byDistance(candidates)
    const sick = near.filter(({ region }) => region.isSick)
    const probes = sick.filter(({ region }) => region.admit())
    this.#discard = discard
    this.#waiting = [...near.filter((one) => !sick.includes(one)), ...sick.filter((one) => !probes.includes(one))]
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#obey(caller)
    for (const probe of probes) this.#start(probe, caller ?? new AbortController().signal)
    this.#next()
  }

  #obey(caller: AbortSignal | undefined): void {
    const callOff = (): void => this.#settle(() => this.#reject(caller?.reason))
    this.#end.signal.addEventListener('abort', () => caller?.removeEventListener('abort', callOff))
    caller?.addEventListener('abort', callOff)
    if (caller?.aborted) callOff()
  }

  #next(): void {
    clearTimeout(this.#late)
    if (this.#end.signal.aborted) return
    const candidate = this.#waiting.shift()
    if (candidate !== undefined) {
      this.#late = setTimeout(() => this.#next(), candidate.region.patience)
      this.#start(candidate, this.#end.signal)
    } else if (this.#running === 0) this.#settle(() => this.#reject(new AllFailed(this.#tries)))
  }

  #start(candidate: Candidate<T>, signal: AbortSignal): void {
    this.#running++
    candidate.call(signal).then(
      (answer) => {
        if (this.#end.signal.aborted) this.#discard(answer)
        else this.#settle(() => this.#resolve(answer))
      },
      (error) => {
        this.#running--
        this.#tries.push({ name: candidate.name, error })
        this.#next()
      },
    )
  }

  #settle(act: () => void): void {
    clearTimeout(this.#late)
    this.#end.abort(OVERTAKEN)
    act()
  }
}
