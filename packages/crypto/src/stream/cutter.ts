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
  /** In how many places batches are gathered, by turns: a batch is gone when so many others were asked for. */
  readonly places: number
  /** Whether the chunks stay as they are behind the next one: then large ones that begin at a border are not copied. */
  readonly hold?: boolean
}

/** Bytes of a chunk that is worth a batch of its own; what is smaller is gathered. */
const DIRECT_MIN = 2 ** 18

/**
 * Cuts chunks of any sizes into batches. The last batch has 1 byte or more, or none when the whole stream has none.
 * Small chunks are copied, once, into batches of the full size. Of a large one only the first and the last piece are:
 * its batches are views of it, and all of it with `hold`.
 */
export class Cutter {
  readonly #options: CutterOptions
  readonly #places: Uint8Array[]
  #place = 0
  #length = 0
  /** The end of the last chunk, of `size` bytes at most, with `hold`; then nothing is gathered. */
  #held: Uint8Array | null = null

  constructor(options: CutterOptions) {
    this.#options = options
    this.#places = Array.from({ length: options.places }, () => new Uint8Array(0))
  }

  /** The batches that are complete now and not the last, to be iterated to the end before the next call. */
  *push(chunk: Uint8Array): Generator<Batch, void, undefined> {
    const { size } = this.#options
    if (chunk.length > 0) yield* this.#release()
    let rest = chunk.length < DIRECT_MIN ? chunk : yield* this.#direct(chunk)
    while (rest.length > 0) {
      if (this.#length === size) yield this.#take(false)
      rest = rest.subarray(this.#gather(rest, size))
    }
  }

  /** The last batch. */
  finish(): Batch {
    return this.#held === null ? this.#take(true) : { bytes: this.#held, last: true }
  }

  /** The whole pieces of what was held; gathers the rest. */
  *#release(): Generator<Batch, void, undefined> {
    const held = this.#held
    if (held === null) return
    this.#held = null
    const whole = held.length - (held.length % this.#options.piece)
    if (whole > 0) yield { bytes: held.subarray(0, whole), last: false }
    this.#gather(held.subarray(whole), this.#options.size)
  }

  /** What is gathered up to the end of its piece, then views of the chunk; returns what is left of it. */
  *#direct(chunk: Uint8Array): Generator<Batch, Uint8Array, undefined> {
    const { piece, size, hold = false } = this.#options
    let rest = chunk.subarray(this.#gather(chunk, Math.ceil(this.#length / piece) * piece))
    if (rest.length > 0 && this.#length > 0) yield this.#take(false)
    while (rest.length > (hold ? size : piece)) {
      const whole = Math.min(size, Math.floor((rest.length - 1) / piece) * piece)
      yield { bytes: rest.subarray(0, whole), last: false }
      rest = rest.subarray(whole)
    }
    if (!hold || rest.length === 0) return rest
    this.#held = rest
    return rest.subarray(rest.length)
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
    const place = this.#gathered
    if (length <= place.length) return
    const grown = new Uint8Array(Math.min(this.#options.size, Math.max(length, 2 * place.length)))
    grown.set(place.subarray(0, this.#length))
    this.#places[this.#place] = grown
  }

  #take(last: boolean): Batch {
    const bytes = this.#gathered.subarray(0, this.#length)
    this.#place = (this.#place + 1) % this.#places.length
    this.#length = 0
    return { bytes, last }
  }

  get #gathered(): Uint8Array {
    return this.#places[this.#place] ?? new Uint8Array(0)
  }
}
