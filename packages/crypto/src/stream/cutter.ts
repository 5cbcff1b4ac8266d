/** Consecutive bytes of a stream, cut at the borders of its pieces. */
export interface Batch {
  /** Whole pieces, but for the stream's last one. */
  readonly bytes: Uint8Array
  /** Whether the stream ends with it. */
  readonly last: boolean
}

export interface CutterOptions {
  /** Bytes of a piece of the stream. */
  readonly piece: number
  /** Bytes of the largest batch: whole pieces. */
  readonly size: number
  /** Whether a batch may be in memory that the next one overwrites. */
  readonly reuse: boolean
}

/** Bytes of a chunk that is worth a batch of its own; what is smaller is gathered. */
const DIRECT_MIN = 2 ** 18

/**
 * Cuts chunks of any sizes into batches. The last batch has 1 byte or more, or none when the whole stream has none.
 * Small chunks are copied, once, into batches of the full size. Of a large one only the first and the last piece are:
 * its batches are views of it.
 */
export class Cutter {
  readonly #options: CutterOptions
  #gathered = new Uint8Array(0)
  #length = 0

  constructor(options: CutterOptions) {
    this.#options = options
  }

  /** The batches that are complete now and not the last, to be iterated to the end before the next call. */
  *push(chunk: Uint8Array): Generator<Batch, void, undefined> {
    const { size } = this.#options
    let rest = chunk.length < DIRECT_MIN ? chunk : yield* this.#direct(chunk)
    while (rest.length > 0) {
      if (this.#length === size) yield this.#take(false)
      rest = rest.subarray(this.#gather(rest, size))
    }
  }

  /** The last batch. */
  finish(): Batch {
    return this.#take(true)
  }

  /** What is gathered up to the end of its piece, then views of the chunk; returns what is left of it. */
  *#direct(chunk: Uint8Array): Generator<Batch, Uint8Array, undefined> {
    const { piece, size } = this.#options
    let rest = chunk.subarray(this.#gather(chunk, Math.ceil(this.#length / piece) * piece))
    if (rest.length > 0 && this.#length > 0) yield this.#take(false)
    while (rest.length > piece) {
      const whole = Math.min(size, Math.floor((rest.length - 1) / piece) * piece)
      yield { bytes: rest.subarray(0, whole), last: false }
      rest = rest.subarray(whole)
    }
    return rest
  }

  /** Copies what there is room for until `limit` bytes are gathered; returns how much. */
  #gather(bytes: Uint8Array, limit: number): number {
    const piece = bytes.subarray(0, limit - this.#length)
    this.#reserve(this.#length + piece.length)
    this.#gathered.set(piece, this.#length)
    this.#length += piece.length
    return piece.length
  }

  #reserve(length: number): void {
    if (length <= this.#gathered.length) return
    const grown = new Uint8Array(Math.min(this.#options.size, Math.max(length, 2 * this.#gathered.length)))
    grown.set(this.#gathered.subarray(0, this.#length))
    this.#gathered = grown
  }

  #take(last: boolean): Batch {
    const bytes = this.#gathered.subarray(0, this.#length)
    if (!this.#options.reuse) this.#gathered = new Uint8Array(0)
    this.#length = 0
    return { bytes, last }
  }
}
