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

/** `sealStream` on other threads. */
export const parallelSealer = (key: SegmentKey, source: Chunks): AsyncGenerator<Uint8Array, void, undefined> =>
  ahead(key, key.segmentSize ?? SEGMENT_SIZE, source, sealSegmentsAsync)

/** `openStream` on other threads. */
export const parallelOpener = (key: SegmentKey, source: Chunks): AsyncGenerator<Uint8Array, void, undefined> =>
  ahead(key, (key.segmentSize ?? SEGMENT_SIZE) + TAG_SIZE, source, openSegmentsAsync)

/** Results in the order of the source. When it ends, in whatever way, no thread works for it any more. */
async function* ahead(
  key: SegmentKey,
  pieceSize: number,
  source: Chunks,
  use: typeof sealSegmentsAsync,
): AsyncGenerator<Uint8Array, void, undefined> {
  const step = Math.max(1, Math.floor(BATCH_SIZE / (key.segmentSize ?? SEGMENT_SIZE)))
  const cutter = new Cutter({ piece: pieceSize, size: step * pieceSize, reuse: false })
  const running: Promise<Uint8Array>[] = []
  let index = 0
  try {
    for await (const { bytes, last } of batches(source, cutter)) {
      running.push(handled(use(key, index, bytes, last)))
      index += bytes.length / pieceSize
      if (running.length === AHEAD) yield* next(running)
    }
    while (running.length > 0) yield* next(running)
  } finally {
    await Promise.allSettled(running)
  }
}

async function* batches(source: Chunks, cutter: Cutter): AsyncGenerator<Batch, void, undefined> {
  for await (const chunk of source) yield* cutter.push(chunk)
  yield cutter.finish()
}

async function* next(running: Promise<Uint8Array>[]): AsyncGenerator<Uint8Array, void, undefined> {
  const done = await running.shift()
  if (done !== undefined && done.length > 0) yield done
}

/** A failure is seen where its turn comes; until then it is not an unhandled one. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
