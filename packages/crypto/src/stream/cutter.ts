import type { SegmentRun } from '../segment-run.ts'

export interface CutterOptions {
  /** Bytes of a piece of the stream. */
  readonly piece: number
  /** Bytes of the largest run: whole pieces. */
  readonly size: number
  /** Whether the chunks stay as they are behind the next one: then the end of a large one is not copied. */
  readonly hold?: boolean
}

/** Bytes of a chunk that is worth a run of its own; what is smaller is gathered. */
const DIRECT_MIN = 2 ** 18

/**
 * Cuts chunks of any sizes into runs of pieces. The last run has 1 byte or more, or none when the whole stream has none.
 * Small chunks are copied, once, into runs of the full size. Of a large one only the first and the last piece are: its
 * runs are views of it, the first with a head that was gathered. With `hold` the last piece is only copied where a border
 * is within it.
 */
export class Cutter {
  readonly #options: CutterOptions
  /** Where runs and heads are gathered. They are gone when the next one is asked for. */
  #memory = new Uint8Array(0)
  #length = 0
  /** The end of the last chunk, with `hold`; what is gathered then is its head. */
  #held: Uint8Array | null = null

  constructor(options: CutterOptions) {
    this.#options = options
  }

  /** The runs that are complete now and not the last, to be iterated to the end before the next call. */
  *push(chunk: Uint8Array): Generator<SegmentRun, void, undefined> {
    const { size } = this.#options
    if (chunk.length > 0) yield* this.#release()
    let rest = chunk.length < DIRECT_MIN ? chunk : yield* this.#direct(chunk)
    while (rest.length > 0) {
      if (this.#length === size) yield this.#take(false)
      rest = rest.subarray(this.#gather(rest, size))
    }
  }

  /** The last run. */
  finish(): SegmentRun {
    return this.#held === null ? this.#take(true) : this.#behindHead(this.#held, true)
  }

  /** The whole pieces of what was held; gathers the rest. */
  *#release(): Generator<SegmentRun, void, undefined> {
    const held = this.#held
    if (held === null) return
    this.#held = null
    const whole = held.length - (held.length % this.#options.piece)
    if (whole > 0) yield this.#behindHead(held.subarray(0, whole), false)
    this.#gather(held.subarray(whole), this.#options.size)
  }

  /** Fills up what is gathered to whole pieces, and then views of the chunk; returns what is left of it. */
  *#direct(chunk: Uint8Array): Generator<SegmentRun, Uint8Array, undefined> {
    const { piece, size, hold = false } = this.#options
    let rest = chunk.subarray(this.#gather(chunk, Math.ceil(this.#length / piece) * piece))
    if (rest.length > 0 && !this.#isHead()) yield this.#take(false)
    while (rest.length > (hold ? size - this.#length : piece)) {
      const whole = Math.min(size - this.#length, Math.floor((rest.length - 1) / piece) * piece)
      yield this.#behindHead(rest.subarray(0, whole), false)
      rest = rest.subarray(whole)
    }
    if (!hold || rest.length === 0) return rest
    this.#held = rest
    return rest.subarray(rest.length)
  }

  /** Whether what is gathered is one piece, or nothing, and a run has room for more behind it. */
  #isHead(): boolean {
    const { piece, size } = this.#options
    return this.#length === 0 || (this.#length === piece && piece < size)
  }

  /** The run of what is gathered, one piece or none, and then the bytes. */
  #behindHead(bytes: Uint8Array, last: boolean): SegmentRun {
    if (this.#length === 0) return { bytes, last }
    return { head: this.#take(false).bytes, bytes, last }
  }

  /** Copies what there is room for until `limit` bytes are gathered; returns how much. */
  #gather(bytes: Uint8Array, limit: number): number {
    const piece = bytes.subarray(0, limit - this.#length)
    this.#reserve(this.#length + piece.length)
    this.#memory.set(piece, this.#length)
    this.#length += piece.length
    return piece.length
  }

  #reserve(length: number): void {
    const before = this.#memory
    if (length <= before.length) return
    this.#memory = new Uint8Array(Math.min(this.#options.size, Math.max(length, 2 * before.length)))
    this.#memory.set(before.subarray(0, this.#length))
  }

  #take(last: boolean): SegmentRun {
    const bytes = this.#memory.subarray(0, this.#length)
    this.#length = 0
    return { bytes, last }
  }
}
