import { Tag } from './der-writer.ts'

/** Thrown by `DerReader`; callers turn it into the error of their own input. */
export class DerError extends Error {}

/**
 * Reads strict DER (X.690): definite and minimal lengths, minimal and non-negative integers, nothing
 * left over. Everything else throws `DerError`.
 */
export class DerReader {
  #offset = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  sequence(): DerReader {
    return new DerReader(this.value(Tag.sequence))
  }

  octets(): Uint8Array {
    return this.value(Tag.octetString)
  }

  /** A bit string of whole bytes. */
  bits(): Uint8Array {
    const value = this.value(Tag.bitString)
    if (value[0] !== 0) throw new DerError('expected a bit string of whole bytes')
    return value.subarray(1)
  }

  /** A non-negative integer as exactly `size` big-endian bytes. */
  integer(size: number): Uint8Array {
    const value = this.value(Tag.integer)
    const [first = 0x80, second = 0x80] = value
    if (first >= 0x80 || (first === 0 && value.length > 1 && second < 0x80))
      throw new DerError('expected a minimal non-negative integer')
    const magnitude = first === 0 ? value.subarray(1) : value
    if (magnitude.length > size) throw new DerError(`expected an integer of at most ${size} bytes`)
    const out = new Uint8Array(size)
    out.set(magnitude, size - magnitude.length)
    return out
  }

  /** Exactly these bytes come next. */
  expect(encoded: Uint8Array): void {
    const next = this.#bytes.subarray(this.#offset, this.#offset + encoded.length)
    if (Buffer.compare(next, encoded) !== 0) throw new DerError('expected another value')
    this.#offset += encoded.length
  }

  nextIs(tag: number): boolean {
    return this.#bytes[this.#offset] === tag
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw new DerError('expected nothing more')
  }

  value(tag: number): Uint8Array {
    if (this.#byte() !== tag) throw new DerError(`expected the tag ${tag}`)
    const length = this.#length()
    const value = this.#bytes.subarray(this.#offset, this.#offset + length)
    if (value.length !== length) throw new DerError('expected more bytes')
    this.#offset += length
    return value
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first - 0x80
    if (count === 0 || count > 4) throw new DerError('expected a definite length below 4 GiB')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('expected a minimal length')
    return length
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset++]
    if (byte === undefined) throw new DerError('expected more bytes')
    return byte
  }
}
