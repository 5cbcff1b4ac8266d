const BLOCK = 16
const WORDS = 4
const BITS = 128

/**
 * GHASH (NIST SP 800-38D, 6.4) under one hash key. It reads its whole table for every block, so that neither branches
 * nor addresses depend on the key or the data.
 */
export class Ghash {
  /** The hash key times x^i, for every bit i of a block: four words each. */
  readonly #table = new Uint32Array(BITS * WORDS)
  readonly #sum = new Uint32Array(WORDS)

  constructor(hashKey: Uint8Array) {
    const power = words(hashKey)
    for (let i = 0; i < BITS; i++) {
      this.#table.set(power, i * WORDS)
      timesX(power)
    }
  }

  /** The hash over the parts, each padded with zeros to whole blocks, and their lengths in bits (7.1, step 5). */
  hash(aad: Uint8Array, text: Uint8Array): Uint8Array {
    this.#sum.fill(0)
    this.#absorb(aad)
    this.#absorb(text)
    this.#absorb(lengths(aad.length, text.length))
    const hash = new Uint8Array(BLOCK)
    const view = new DataView(hash.buffer)
    for (let i = 0; i < WORDS; i++) view.setUint32(i * 4, this.#sum[i] ?? 0)
    return hash
  }

  wipe(): void {
    this.#table.fill(0)
    this.#sum.fill(0)
  }

  #absorb(bytes: Uint8Array): void {
    const whole = bytes.length - (bytes.length % BLOCK)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0; at < whole; at += BLOCK) this.#block(view, at)
    if (whole === bytes.length) return
    const last = new Uint8Array(BLOCK)
    last.set(bytes.subarray(whole))
    this.#block(new DataView(last.buffer), 0)
  }

  /** The sum, and a block added to it, times the hash key. */
  #block(view: DataView, at: number): void {
    const sum = this.#sum
    const table = this.#table
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let word = 0; word < WORDS; word++) {
      let bits = (sum[word] ?? 0) ^ view.getUint32(at + word * 4)
      for (let i = word * 128; i < word * 128 + 128; i += WORDS) {
        const mask = bits >> 31
        a ^= (table[i] ?? 0) & mask
        b ^= (table[i + 1] ?? 0) & mask
        c ^= (table[i + 2] ?? 0) & mask
        d ^= (table[i + 3] ?? 0) & mask
        bits <<= 1
      }
    }
    sum[0] = a
    sum[1] = b
    sum[2] = c
    sum[3] = d
  }
}

function words(block: Uint8Array): Uint32Array {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK)
  return Uint32Array.from({ length: WORDS }, (_, i) => view.getUint32(i * 4))
}

/** One bit to the right, and x^128 = x^7 + x^2 + x + 1 for the bit that leaves (6.3). */
function timesX(value: Uint32Array): void {
  const [a = 0, b = 0, c = 0, d = 0] = value
  value[0] = (a >>> 1) ^ (0xe1000000 & -(d & 1))
  value[1] = (b >>> 1) | (a << 31)
  value[2] = (c >>> 1) | (b << 31)
  value[3] = (d >>> 1) | (c << 31)
}

function lengths(aad: number, text: number): Uint8Array {
  const block = new Uint8Array(BLOCK)
  const view = new DataView(block.buffer)
  view.setBigUint64(0, BigInt(aad) * 8n)
  view.setBigUint64(8, BigInt(text) * 8n)
  return block
}
