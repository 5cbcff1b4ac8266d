import { type CrcName, crcPolynomials } from './crc.ts'

/** The CRC of two texts end to end, from the CRC of each and the second one's size (the method of zlib's `crc32_combine`). */
export class CrcCombiner {
  readonly #width: bigint
  readonly #polynomial: bigint
  /** x^(8 * size) modulo the polynomial, by size: parts mostly have one size. */
  readonly #shifts = new Map<number, bigint>()

  constructor(name: CrcName) {
    this.#width = crcPolynomials[name].width
    this.#polynomial = crcPolynomials[name].polynomial
  }

  combine(first: bigint, second: bigint, secondSize: number): bigint {
    return this.#multiply(this.#shift(secondSize), first) ^ second
  }

  #shift(size: number): bigint {
    const known = this.#shifts.get(size)
    if (known !== undefined) return known
    let shift = 1n << (this.#width - 1n)
    let power = 1n << (this.#width - 9n)
    for (let left = BigInt(size); left > 0n; left >>= 1n) {
      if ((left & 1n) === 1n) shift = this.#multiply(power, shift)
      power = this.#multiply(power, power)
    }
    this.#shifts.set(size, shift)
    return shift
  }

  /** The product of two reflected polynomials modulo the CRC's. */
  #multiply(a: bigint, b: bigint): bigint {
    let product = 0n
    let factor = b
    for (let bit = this.#width - 1n; bit >= 0n; bit--) {
      if (((a >> bit) & 1n) === 1n) product ^= factor
      factor = (factor & 1n) === 1n ? (factor >> 1n) ^ this.#polynomial : factor >> 1n
    }
    return product
  }
}
