import { TAG_SIZE } from '../aead.ts'
import { SEGMENT_SIZE } from '../segment-layout.ts'
import type { SegmentKey } from '../segments.ts'
import { openSegmentsAsync, sealSegmentsAsync } from '../segments-async.ts'
import type { Chunks } from './chunks.ts'
import { type Batch, Cutter } from './cutter.ts'

/** Plaintext bytes of one batch: enough for every thread to have a share that is worth its start. */
const BATCH_SIZE = 2 ** 22
/** Batches in the making: one is worked on while the source gives the next. */
const AHEAD = 2

export interface ParallelOptions {
  /** Results are in memory that is used again when the next one is asked for. */
  readonly reuse?: boolean
}

type Stream = AsyncGenerator<Uint8Array, void, undefined>

/** `sealStream` on other threads. */
export function parallelSealer(key: SegmentKey, source: Chunks, options: ParallelOptions = {}): Stream {
  const size = key.segmentSize ?? SEGMENT_SIZE
  return ahead({ key, piece: size, resultPiece: size + TAG_SIZE, use: sealSegmentsAsync }, source, options)
}

/** `openStream` on other threads. */
export function parallelOpener(key: SegmentKey, source: Chunks, options: ParallelOptions = {}): Stream {
  const size = key.segmentSize ?? SEGMENT_SIZE
  return ahead({ key, piece: size + TAG_SIZE, resultPiece: size, use: openSegmentsAsync }, source, options)
}

interface Direction {
  readonly key: SegmentKey
  readonly piece: number
  readonly resultPiece: number
  readonly use: typeof sealSegmentsAsync
}

/** Results in the order of the source. When it ends, in whatever way, no thread works for it any more. */
async function* ahead({ key, piece, resultPiece, use }: Direction, source: Chunks, options: ParallelOptions): Stream {
  const step = Math.max(1, Math.floor(BATCH_SIZE / (key.segmentSize ?? SEGMENT_SIZE)))
  const cutter = new Cutter({ piece, size: step * piece, places: AHEAD + 1, hold: true })
  const places = new Places(options.reuse === true ? step * resultPiece : null)
  const running: Promise<Uint8Array>[] = []
  let index = 0
  try {
    for await (const { bytes, last } of batches(source, cutter)) {
      running.push(handled(use(key, index, bytes, last, places.next())))
      index += bytes.length / piece
      if (running.length === AHEAD) yield* next(running)
    }
    while (running.length > 0) yield* next(running)
  } finally {
    await Promise.allSettled(running)
  }
}

/** Where results go: one place for each that is in the making, and one for that which was given out; or new memory. */
class Places {
  readonly #size: number | null
  readonly #places: Uint8Array[] = []
  #at = 0

  constructor(size: number | null) {
    this.#size = size
  }

  next(): Uint8Array | undefined {
    if (this.#size === null) return undefined
    const at = this.#at
    this.#at = (at + 1) % (AHEAD + 1)
    this.#places[at] ??= new Uint8Array(this.#size)
    return this.#places[at]
  }
}

async function* batches(source: Chunks, cutter: Cutter): AsyncGenerator<Batch, void, undefined> {
  for await (const chunk of source) yield* cutter.push(chunk)
  yield cutter.finish()
}

async function* next(running: Promise<Uint8Array>[]): Stream {
  const done = await running.shift()
  if (done !== undefined && done.length > 0) yield done
}

/** A failure is seen where its turn comes; until then it is not an unhandled one. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
