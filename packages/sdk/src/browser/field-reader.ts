import { textOf } from './bytes.ts'
import { DecryptionError } from './decryption-error.ts'

/** Reads the fields of an untrusted header, one after another. Throws `DecryptionError` for what is not within them. */
export class FieldReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  bytes(size: number): Uint8Array {
    const end = this.#at + size
    if (end > this.#bytes.length) throw new DecryptionError()
    const view = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return view
  }

  /** A big-endian integer of `size` bytes, which must be from `least` to `most`. */
  integer(size: number, least = 0, most = 2 ** 32 - 1): number {
    const value = this.bytes(size).reduce((sum, byte) => sum * 256 + byte, 0)
    if (value < least || value > most) throw new DecryptionError()
    return value
  }

  text(size: number): string {
    const bytes = this.bytes(size)
    try {
      return textOf(bytes)
    } catch {
      throw new DecryptionError()
    }
  }
}
