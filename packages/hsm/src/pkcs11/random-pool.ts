import { Secret } from '@hufu/crypto'

/** Bytes drawn from the token in one call: some hundred data keys. */
const BLOCK = 4096

/** Random bytes of the token, drawn in blocks. Each is given out once and zeroised here. */
export class RandomPool {
  readonly #draw: (size: number) => Uint8Array
  #block: Secret | null = null
  #used = 0

  constructor(draw: (size: number) => Uint8Array) {
    this.#draw = draw
  }

  /** As many bytes as asked for, also more than a block. Throws what `draw` throws. */
  take(size: number): Uint8Array {
    if (size > BLOCK) return this.#draw(size)
    const block = this.#withLeft(size)
    const taken = block.subarray(this.#used, this.#used + size)
    const bytes = Uint8Array.from(taken)
    taken.fill(0)
    this.#used += size
    return bytes
  }

  /** What is left is zeroised; the next call draws anew. */
  clear(): void {
    this.#block?.[Symbol.dispose]()
    this.#block = null
  }

  #withLeft(size: number): Uint8Array {
    if (this.#block !== null && this.#used + size <= BLOCK) return this.#block.bytes()
    const drawn = Secret.take(this.#draw(BLOCK))
    this.clear()
    this.#block = drawn
    this.#used = 0
    return drawn.bytes()
  }
}
