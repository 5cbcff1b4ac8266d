import { Readable } from 'node:stream'
import { isS3Error } from '../../error.ts'
import type { Body } from '../object-store.ts'

/** Stored bytes of one request up to this size are kept until the backend has them, so that it can be sent again. */
export const REPLAY_MAX = 16 * 1024 * 1024
/** What all requests together keep; one that would go beyond is sent once only. */
const KEPT_MAX = 64 * 1024 * 1024
const ATTEMPTS = 3

/** Room for the bodies that may be sent again, of one store. */
export class ReplayRoom {
  #left = KEPT_MAX

  take(size: number): boolean {
    if (size > REPLAY_MAX || size > this.#left) return false
    this.#left -= size
    return true
  }

  giveBack(size: number): void {
    this.#left += size
  }
}

/** Sends a request with this body and resolves to its answer. */
export type SendBody<T> = (body: Readable, signal: AbortSignal) => Promise<T>

/**
 * Sends a body to the backend while it is made. A body of up to 16 MiB is sent again when the backend fails;
 * a longer one fails at once, with the backend's error. An error of the body itself ends the request and passes through.
 */
export async function sendBody<T>(
  room: ReplayRoom,
  body: Body,
  size: number,
  send: SendBody<T>,
  readError: (error: unknown) => unknown,
): Promise<T> {
  const kept = room.take(size)
  try {
    return await sendKept(new KeptBody(body, kept), send, readError)
  } finally {
    if (kept) room.giveBack(size)
  }
}

async function sendKept<T>(source: KeptBody, send: SendBody<T>, readError: (error: unknown) => unknown): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(source, send)
    } catch (error) {
      if (source.failure !== null) throw source.failure.error
      const read = readError(error)
      const again = isS3Error(read, 'SlowDown') || isS3Error(read, 'ServiceUnavailable')
      if (!again || !source.kept || attempt === ATTEMPTS) throw read
    }
  }
}

async function sendOnce<T>(source: KeptBody, send: SendBody<T>): Promise<T> {
  const abort = new AbortController()
  const stream = Readable.from(source.chunks(), { objectMode: false })
  stream.on('error', () => abort.abort())
  try {
    return await send(stream, abort.signal)
  } finally {
    stream.destroy()
  }
}

/** A body whose chunks are copied, and kept where it may be sent again. */
class KeptBody {
  readonly kept: boolean
  /** What the body itself failed with. */
  failure: { readonly error: unknown } | null = null
  readonly #source: AsyncIterator<Uint8Array>
  readonly #chunks: Buffer[] = []
  #ended = false

  constructor(body: Body, kept: boolean) {
    this.#source = body[Symbol.asyncIterator]()
    this.kept = kept
  }

  /** All chunks from the first, where they are kept. */
  async *chunks(): AsyncGenerator<Buffer> {
    yield* this.#chunks
    while (!this.#ended) {
      const chunk = await this.#next()
      if (chunk !== null) yield chunk
    }
  }

  async #next(): Promise<Buffer | null> {
    try {
      const { done, value } = await this.#source.next()
      this.#ended = done === true
      if (done === true) return null
      const chunk = Buffer.from(value)
      if (this.kept) this.#chunks.push(chunk)
      return chunk
    } catch (error) {
      this.failure = { error }
      throw error
    }
  }
}
