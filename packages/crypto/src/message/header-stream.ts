import type { Chunks } from '../stream/chunks.ts'
import { HEAD_SIZE, headerSize, parseHead } from './head.ts'
import { type Header, parseHeader } from './header.ts'

export interface SplitMessage {
  readonly header: Header
  /** The bytes behind the header. */
  readonly payload: Chunks
  /** Ends the source. Idempotent; not needed after the payload was read to its end. */
  close(): Promise<void>
}

/**
 * Reads the header from the front of a stream. Throws `DecryptionError`, as soon as the bytes cannot be a header, and
 * then ends the source. What was received is kept, never what a header claims.
 */
export async function splitHeader(source: Chunks): Promise<SplitMessage> {
  const chunks = iterate(source)
  try {
    let received = await gather(chunks, new Uint8Array(0), HEAD_SIZE)
    received = await gather(chunks, received, headerSize(parseHead(received)))
    const header = parseHeader(received)
    return {
      header,
      payload: continued(received.subarray(header.bytes.length), chunks),
      close: async () => void (await chunks.return()),
    }
  } catch (error) {
    await chunks.return()
    throw error
  }
}

async function* iterate(source: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  yield* source
}

/** At least `size` bytes from the front, or all there are. */
async function gather(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  start: Uint8Array,
  size: number,
): Promise<Uint8Array> {
  const parts = start.length > 0 ? [start] : []
  let length = start.length
  while (length < size) {
    const { done, value } = await chunks.next()
    if (done === true) break
    parts.push(value)
    length += value.length
  }
  const [only = start] = parts
  return parts.length <= 1 ? only : Buffer.concat(parts)
}

async function* continued(
  first: Uint8Array,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (first.length > 0) yield first
  yield* chunks
}
