import { randomFillSync } from 'node:crypto'
import { inspect } from 'node:util'

/** Key bytes: zeroised on dispose, never printed. `using key = Secret.random(32)`. */
export class Secret implements Disposable {
  #bytes: Uint8Array | null

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Takes a copy and zeroises the source. */
  static take(bytes: Uint8Array): Secret {
    const own = new Uint8Array(bytes)
    bytes.fill(0)
    return new Secret(own)
  }

  static random(size: number): Secret {
    return new Secret(randomFillSync(new Uint8Array(size)))
  }

  get size(): number {
    return this.bytes().length
  }

  /** The bytes themselves, not a copy: not to be kept. Throws `TypeError` after dispose. */
  bytes(): Uint8Array {
    if (this.#bytes === null) throw new TypeError('expected a live secret, received a disposed one')
    return this.#bytes
  }

  [Symbol.dispose](): void {
    this.#bytes?.fill(0)
    this.#bytes = null
  }

  toString(): string {
    return '[Secret]'
  }

  toJSON(): string {
    return '[Secret]'
  }

  [inspect.custom](): string {
    return '[Secret]'
  }
}
