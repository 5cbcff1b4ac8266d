import { DecryptionError } from './decryption-error.ts'

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads the fields of an untrusted format, one after another. Throws `DecryptionError` when there is less than asked for. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The next `size` bytes, a view. */
  bytes(size: number): Uint8Array {
    const end = this.#at + size
    if (end > this.#bytes.length) throw new DecryptionError({ detail: 'the bytes end within a field' })
    const view = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return view
  }

  /** The next `size` bytes as a big-endian integer; `size` is at most 4. */
  integer(size: number): number {
    let value = 0
    for (const byte of this.bytes(size)) value = value * 256 + byte
    return value
  }

  /** The next `size` bytes, which must be well-formed UTF-8. */
  text(size: number): string {
    try {
      return text.decode(this.bytes(size))
    } catch (cause) {
      throw cause instanceof DecryptionError ? cause : new DecryptionError({ cause, detail: 'a text is not UTF-8' })
    }
  }
}
