import { type FileHandle, open as openHandle } from 'node:fs/promises'
import { fileSource, openMessageReader, readHeader, type SegmentReader } from '@hufu/crypto'
import type { DataKeys } from '../keys/data-keys.ts'
import { type Opening, type OpenOptions, open } from '../open.ts'

/** A sealed file, to be read anywhere. */
export class SealedReader implements AsyncDisposable {
  readonly #file: FileHandle
  readonly #message: Opening
  readonly #reader: SegmentReader

  private constructor(file: FileHandle, message: Opening, reader: SegmentReader) {
    this.#file = file
    this.#message = message
    this.#reader = reader
  }

  /** Proves the header and the length before it resolves. Throws as `decrypt` does. */
  static async open(dataKeys: DataKeys, path: string, options: OpenOptions): Promise<SealedReader> {
    const file = await openHandle(path)
    try {
      const source = await fileSource(file)
      const message = await open(dataKeys, await readHeader(source), options)
      return new SealedReader(file, message, await openMessageReader(message.payload, message.header, source))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Bytes of the plaintext. */
  get size(): number {
    return this.#reader.size
  }

  /** The plaintext bytes [start, end). Throws `RangeError` for what is not within it. */
  read(start: number, end: number): Promise<Uint8Array> {
    return this.#reader.read(start, end)
  }

  /** As `read`, with about 1 MiB in memory. */
  stream(start = 0, end = this.size): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#reader.stream(start, end)
  }

  async close(): Promise<void> {
    this.#message[Symbol.dispose]()
    await this.#file.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
