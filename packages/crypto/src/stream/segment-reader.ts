import { DecryptionError } from '../decryption-error.ts'
import {
  openedSegmentsSize,
  SEGMENT_SIZE,
  type SegmentSpan,
  sealedSegmentsSize,
  segmentCount,
  segmentSpan,
} from '../segment-layout.ts'
import { openSegments, type SegmentKey } from '../segments.ts'
import type { ByteSource } from './byte-source.ts'
import { batchSegments } from './segment-cipher.ts'

/** Reads sealed segments anywhere, opening only those that the range touches. */
export class SegmentReader {
  /** Bytes of the plaintext, authenticated. */
  readonly size: number
  readonly #key: SegmentKey
  readonly #source: ByteSource
  readonly #segmentSize: number

  private constructor(key: SegmentKey, source: ByteSource, size: number) {
    this.size = size
    this.#key = key
    this.#source = source
    this.#segmentSize = key.segmentSize ?? SEGMENT_SIZE
  }

  /** Proves the length by opening the last segment. Throws `DecryptionError`; the source's own errors pass through. */
  static async open(key: SegmentKey, source: ByteSource): Promise<SegmentReader> {
    const size = openedSegmentsSize(source.size, key.segmentSize)
    if (size === null) throw new DecryptionError()
    const reader = new SegmentReader(key, source, size)
    const count = segmentCount(size, key.segmentSize)
    await reader.#openRun(count - 1, count)
    return reader
  }

  /** The plaintext bytes [start, end). Throws `RangeError` for a range that is not within the plaintext. */
  async read(start: number, end: number): Promise<Uint8Array> {
    const span = this.#span(start, end)
    const plaintext = await this.#openRun(span.first, span.end)
    return plaintext.subarray(span.skip, span.skip + end - start)
  }

  /** As `read`, as a stream that has about 1 MiB in memory. */
  async *stream(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    const span = this.#span(start, end)
    const step = batchSegments(this.#segmentSize)
    for (let first = span.first; first < span.end; first += step) {
      const plaintext = await this.#openRun(first, Math.min(first + step, span.end))
      const base = first * this.#segmentSize
      yield plaintext.subarray(Math.max(start - base, 0), end - base)
    }
  }

  #span(start: number, end: number): SegmentSpan {
    return segmentSpan(start, end, this.size, this.#segmentSize)
  }

  /** The plaintext of the segments [first, end). */
  async #openRun(first: number, end: number): Promise<Uint8Array> {
    const at = first * sealedSegmentsSize(this.#segmentSize, this.#segmentSize)
    const until = Math.min(end * sealedSegmentsSize(this.#segmentSize, this.#segmentSize), this.#source.size)
    const sealed = await this.#source.read(at, until - at)
    if (sealed.length !== until - at) throw new DecryptionError()
    return openSegments(this.#key, first, sealed, end === segmentCount(this.size, this.#segmentSize))
  }
}
