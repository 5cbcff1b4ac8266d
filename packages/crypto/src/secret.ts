import { randomFillSync } from 'node:crypto'
import { inspect } from 'node:util'
import { returnMemory, takeMemory } from './secret-memory.ts'

/**
 * Key bytes, in memory outside the JavaScript heap that is locked where that is permitted, left out of core dumps and
 * zeroised on dispose, when nobody holds it any more and at exit. Never printed. `using key = Secret.random(32)`.
 */
export class Secret implements Disposable {
  #bytes: Uint8Array | null

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Takes a copy and zeroises the source. */
  static take(bytes: Uint8Array): Secret {
    const own = takeMemory(bytes.length)
    own.set(bytes)
    bytes.fill(0)
    return new Secret(own)
  }

  static random(size: number): Secret {
    return new Secret(randomFillSync(takeMemory(size)))
  }

  get size(): number {
    return this.bytes().length
  }

  /**
   * The bytes themselves, not a copy; not to be kept, for after dispose other keys use their memory. Throws `TypeError`
   * after dispose.
   */
  bytes(): Uint8Array {
    if (this.#bytes === null) throw new TypeError('expected a live secret, received a disposed one')
    return this.#bytes
  }

  [Symbol.dispose](): void {
    if (this.#bytes !== null) returnMemory(this.#bytes)
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
