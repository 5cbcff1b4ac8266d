import { Secret } from '@hufu/crypto'

/** Bytes drawn from the token in one call: some hundred data keys. */
const BLOCK = 4096

/** Random bytes of the token, drawn in blocks. Each is given out once and zeroised here. */
export class RandomPool implements Disposable {
  readonly #draw: (size: number) => Promise<Uint8Array>
  #block: Secret | null = null
  #used = BLOCK
  #drawing: Promise<void> | null = null

  constructor(draw: (size: number) => Promise<Uint8Array>) {
    this.#draw = draw
  }

  /** As many bytes as asked for, also more than a block. Throws what `draw` throws. */
  async take(size: number): Promise<Uint8Array> {
    if (size > BLOCK) return this.#draw(size)
    while (this.#block === null || this.#used + size > BLOCK) {
      this.#drawing ??= this.#refill()
      await this.#drawing
    }
    const taken = this.#block.bytes().subarray(this.#used, this.#used + size)
    const bytes = Uint8Array.from(taken)
    taken.fill(0)
    this.#used += size
    return bytes
  }

  [Symbol.dispose](): void {
    this.#block?.[Symbol.dispose]()
    this.#block = null
  }

  /** What is left of the block is given up. */
  async #refill(): Promise<void> {
    try {
      const drawn = Secret.take(await this.#draw(BLOCK))
      this[Symbol.dispose]()
      this.#block = drawn
      this.#used = 0
    } finally {
      this.#drawing = null
    }
  }
}
