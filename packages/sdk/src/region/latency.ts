/** Samples kept: enough for a p95, few enough to follow a change within seconds of use. */
const SAMPLES = 64

/** The last response times of one service, milliseconds. */
export class Latency {
  readonly #samples: number[] = []
  #next = 0
  #sorted: number[] | null = null

  add(milliseconds: number): void {
    this.#samples[this.#next] = milliseconds
    this.#next = (this.#next + 1) % SAMPLES
    this.#sorted = null
  }

  /** The time that so large a share of the answers took at most; null before the first answer. */
  quantile(share: number): number | null {
    this.#sorted ??= this.#samples.toSorted((a, b) => a - b)
    return this.#sorted[Math.ceil(share * this.#sorted.length) - 1] ?? null
  }
}
