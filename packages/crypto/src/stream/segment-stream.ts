import type { SegmentKey } from '../segments.ts'
import type { Chunks } from './chunks.ts'
import { parallelOpener, parallelSealer } from './parallel-segments.ts'
import { type SegmentCipher, segmentOpener, segmentSealer } from './segment-cipher.ts'

export interface StreamOptions {
  /**
   * Works on other threads, ahead of the reader: up to two batches of 4 MiB are in the making. Until they are done the
   * source's chunks must not change. One batch of about 1 MiB, on this thread, when absent.
   */
  readonly parallel?: boolean
}

/**
 * Seals a stream, as it is asked for. Also a stage of Node's `pipeline`:
 * `pipeline(source, (chunks) => sealStream(key, chunks), sink)`.
 */
export const sealStream = (
  key: SegmentKey,
  source: Chunks,
  { parallel = false }: StreamOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> =>
  parallel ? parallelSealer(key, source) : through(segmentSealer(key), source)

/**
 * Opens a sealed stream, as it is asked for. What it gives out is authentic and in order; that it is whole is known
 * when it ends. Throws `DecryptionError`, also where the stream ends too early or goes on behind its end.
 */
export const openStream = (
  key: SegmentKey,
  source: Chunks,
  { parallel = false }: StreamOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> =>
  parallel ? parallelOpener(key, source) : through(segmentOpener(key), source)

async function* through(cipher: SegmentCipher, source: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) yield* cipher.push(chunk)
  const rest = cipher.finish()
  if (rest.length > 0) yield rest
}
