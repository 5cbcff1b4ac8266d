/** Consecutive bytes of a stream, cut at a fixed size. */
export interface Batch {
  readonly bytes: Uint8Array
  /** Whether the stream ends with it. */
  readonly last: boolean
}

/**
 * Cuts chunks of any sizes into batches of one size. The last batch has 1 to `size` bytes, or none when the whole
 * stream has none. Where one chunk holds a whole batch the batch is a view of it; other bytes are copied once.
 */
export class Cutter {
  readonly #size: number
  #gathered = new Uint8Array(0)
  #length = 0

  constructor(size: number) {
    this.#size = size
  }

  /** The batches that are complete now and not the last. */
  push(chunk: Uint8Array): Batch[] {
    const batches: Batch[] = []
    for (let rest = chunk; rest.length > 0; ) {
      if (this.#length === this.#size) batches.push({ bytes: this.#take(), last: false })
      const whole = this.#length === 0 && rest.length > this.#size
      if (whole) batches.push({ bytes: rest.subarray(0, this.#size), last: false })
      rest = rest.subarray(whole ? this.#size : this.#gather(rest))
    }
    return batches
  }

  /** The last batch. */
  finish(): Batch {
    return { bytes: this.#take(), last: true }
  }

  /** Copies what the batch still has room for; returns how much. */
  #gather(bytes: Uint8Array): number {
    const piece = bytes.subarray(0, this.#size - this.#length)
    this.#reserve(this.#length + piece.length)
    this.#gathered.set(piece, this.#length)
    this.#length += piece.length
    return piece.length
  }

  #reserve(length: number): void {
    if (length <= this.#gathered.length) return
    const grown = new Uint8Array(Math.min(this.#size, Math.max(length, 2 * this.#gathered.length)))
    grown.set(this.#gathered.subarray(0, this.#length))
    this.#gathered = grown
  }

  #take(): Uint8Array {
    const taken = this.#gathered.subarray(0, this.#length)
    this.#gathered = new Uint8Array(0)
    this.#length = 0
    return taken
  }
}
