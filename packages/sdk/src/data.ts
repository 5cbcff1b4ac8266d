import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'

/** A stream of bytes, of Node's kind or the web's. */
export type Stream = Readable | ReadableStream<Uint8Array>

/** All of it at hand, or coming. */
export type Data = string | Uint8Array | Stream

/** What comes out: bytes for what was at hand, a stream of the same kind for a stream. */
export type Result<Input extends Data> = Input extends Readable
  ? Readable
  : Input extends ReadableStream
    ? ReadableStream<Uint8Array>
    : Uint8Array

export const isStream = (data: unknown): data is Stream => data instanceof Readable || data instanceof ReadableStream

/** A text's bytes are its UTF-8. */
export const bytesOf = (data: string | Uint8Array): Uint8Array => (typeof data === 'string' ? Buffer.from(data) : data)

/** The chunks as a stream of the kind that the input had; with `reuse` one that asks for none before it is asked. */
export function streamLike(input: Stream, chunks: AsyncIterable<Uint8Array>, { reuse = false }: Sharing = {}): Stream {
  if (!(input instanceof Readable)) return ReadableStream.from(chunks)
  return Readable.from(chunks, { objectMode: false, ...(reuse ? { highWaterMark: 0 } : {}) })
}

/** Ends a stream that nobody reads any more. */
export async function endOf(stream: Stream): Promise<void> {
  if (stream instanceof Readable) stream.destroy()
  else if (!stream.locked) await stream.cancel()
}

export interface Watch {
  readonly signal?: AbortSignal | undefined
  /** Told of the bytes that have been read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

export interface Sharing {
  /**
   * Of streams, and of more than 4 MiB in memory: other threads help, for large ones on a machine that has processors to
   * spare. For a stream about 10 MB more memory, and the source's chunks must not change after they were given out. On
   * this thread alone unless told.
   */
  readonly parallel?: boolean | undefined
  /**
   * Of streams: every chunk that comes out is gone when the next one is asked for, its memory being used again, which is
   * up to twice as fast. For a reader that is done with a chunk before it asks on, as in `for await`; never for `pipe`
   * and `pipeline`, which gather chunks.
   */
  readonly reuse?: boolean | undefined
  /**
   * Of large files, which other threads seal and open: the program has nothing else to do, so that this thread does its
   * share too, a mebibyte at a time. Left to the others unless told.
   */
  readonly alone?: boolean | undefined
}

/** The source's chunks, counted, until the signal says to stop. */
export async function* watched(
  source: AsyncIterable<Uint8Array | string>,
  { signal, onProgress }: Watch,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0
  for await (const chunk of source) {
    signal?.throwIfAborted()
    yield bytesOf(chunk)
    bytes += chunk.length
    onProgress?.(bytes)
  }
}
