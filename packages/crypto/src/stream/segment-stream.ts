import type { SegmentKey } from '../segments.ts'
import type { Chunks } from './chunks.ts'
import { type SegmentCipher, segmentOpener, segmentSealer } from './segment-cipher.ts'

export interface StreamOptions {
  /**
   * Up to three other threads help with each batch, of 4 MiB at most: for large inputs on a machine that has processors to
   * spare. The source's chunks must not change until what was made of them has come out. Batches of 1 MiB, on this thread
   * alone, when absent.
   */
  readonly parallel?: boolean
  /**
   * Every chunk that is given out is gone when the next one is asked for, the last one when the stream has ended: its
   * memory is used again, by other streams too, which is up to twice as fast. For a reader that has written or hashed a chunk before it asks on, as `for await` does; not for one
   * that gathers chunks, as a Node `Readable` and `pipeline` do.
   */
  readonly reuse?: boolean
}

/**
 * Seals a stream, as it is asked for. Also a stage of Node's `pipeline`:
 * `pipeline(source, (chunks) => sealStream(key, chunks), sink)`.
 */
export const sealStream = (
  key: SegmentKey,
  source: Chunks,
  options: StreamOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> => through(segmentSealer(key, options), source)

/**
 * Opens a sealed stream, as it is asked for. What it gives out is authentic and in order; that it is whole is known
 * when it ends. Throws `DecryptionError`, also where the stream ends too early or goes on behind its end.
 */
export const openStream = (
  key: SegmentKey,
  source: Chunks,
  options: StreamOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> => through(segmentOpener(key, options), source)

async function* through(made: SegmentCipher, source: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  using cipher = made
  for await (const chunk of source) yield* cipher.push(chunk)
  const rest = cipher.finish()
  if (rest.length > 0) yield rest
}
