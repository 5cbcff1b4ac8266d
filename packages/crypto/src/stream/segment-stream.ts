import type { SegmentKey } from '../segments.ts'
import { type SegmentCipher, segmentOpener, segmentSealer } from './segment-cipher.ts'

/** Bytes as they come: an array, a Node stream, a web stream, a generator. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Seals a stream, as it is asked for: one batch of about 1 MiB is in memory. Also a stage of Node's `pipeline`:
 * `pipeline(source, (chunks) => sealStream(key, chunks), sink)`.
 */
export const sealStream = (key: SegmentKey, source: Chunks): AsyncGenerator<Uint8Array, void, undefined> =>
  through(segmentSealer(key), source)

/**
 * Opens a sealed stream, as it is asked for. What it gives out is authentic and in order; that it is whole is known
 * when it ends. Throws `DecryptionError`, also where the stream ends too early or goes on behind its end.
 */
export const openStream = (key: SegmentKey, source: Chunks): AsyncGenerator<Uint8Array, void, undefined> =>
  through(segmentOpener(key), source)

async function* through(cipher: SegmentCipher, source: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) yield* cipher.push(chunk)
  const rest = cipher.finish()
  if (rest.length > 0) yield rest
}
