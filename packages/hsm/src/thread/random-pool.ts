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

  /** As many bytes as asked for, also more than a block; at once where they are drawn already. Throws what `draw` throws. */
  take(size: number): Promise<Uint8Array> | Uint8Array {
    return size > BLOCK ? this.#draw(size) : (this.#taken(size) ?? this.#drawn(size))
  }

  [Symbol.dispose](): void {
    this.#block?.[Symbol.dispose]()
    this.#block = null
  }

  /** Null when what is left of the block is too little. */
  #taken(size: number): Uint8Array | null {
    if (this.#block === null || this.#used + size > BLOCK) return null
    const taken = this.#block.bytes().subarray(this.#used, this.#used + size)
    const bytes = Uint8Array.from(taken)
    taken.fill(0)
    this.#used += size
    return bytes
  }

  async #drawn(size: number): Promise<Uint8Array> {
    for (;;) {
      this.#drawing ??= this.#refill()
      await this.#drawing
      const taken = this.#taken(size)
      if (taken !== null) return taken
    }
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
