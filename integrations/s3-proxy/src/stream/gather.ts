import { DecryptionError } from '@hufu/crypto'
import { asBuffer } from '../format/binary.ts'
import type { Body } from '../store/object-store.ts'

/** Cuts a body into pieces of asked sizes, copying only those that lie across its chunks. */
export class Gather {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Buffer = Buffer.alloc(0)

  constructor(body: Body) {
    this.#chunks = body[Symbol.asyncIterator]()
  }

  /** The next bytes, exactly so many, good until the next call. Throws `DecryptionError` when the body ends before. */
  async take(size: number, scratch: Buffer): Promise<Buffer> {
    if (this.#chunk.length >= size) return this.#cut(size)
    let filled = 0
    while (filled < size) {
      if (this.#chunk.length === 0) await this.#next()
      filled += this.#cut(Math.min(size - filled, this.#chunk.length)).copy(scratch, filled)
    }
    return scratch.subarray(0, size)
  }

  /** Ends the body: reads off what little is left, so that a connection stays usable, and frees it. */
  async end(): Promise<void> {
    for (let left = DRAIN_MAX; left > 0; ) {
      const { done, value } = await this.#chunks.next()
      if (done === true) return
      left -= value.length
    }
    await this.close()
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  #cut(size: number): Buffer {
    const cut = this.#chunk.subarray(0, size)
    this.#chunk = this.#chunk.subarray(size)
    return cut
  }

  async #next(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    if (done === true) throw new DecryptionError()
    this.#chunk = asBuffer(value)
  }
}

const DRAIN_MAX = 2 * 1024 * 1024
