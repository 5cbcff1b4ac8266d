import { markAsUntransferable } from 'node:worker_threads'
import { NONCE_SIZE } from './aead.ts'
import type { NativeCiphers } from './native.ts'

const SLAB_SIZE = 65_536

/** Bytes of input up to which copying costs less than showing the addon each array: docs/native.md has the measurement. */
export const SMALL_MAX = 8192

/**
 * Memory that the addon knows, for values of a few bytes: they are copied into it, sealed or opened in place, and a
 * view of it is the result. It is never used twice; a new slab follows a full one.
 */
export class SmallMemory {
  readonly #addon: NativeCiphers
  #slab = new Uint8Array(0)
  #used = 0

  constructor(addon: NativeCiphers) {
    this.#addon = addon
  }

  /** Puts the text, which takes `size` bytes with its tag, the nonce and the associated data where the addon finds them. */
  put(text: Uint8Array, size: number, nonce: Uint8Array, aad: Uint8Array): number {
    const needed = size + NONCE_SIZE + aad.length
    if (this.#used + needed > this.#slab.length) this.#renew()
    const at = this.#used
    this.#slab.set(text, at)
    this.#slab.set(nonce, at + size)
    this.#slab.set(aad, at + size + NONCE_SIZE)
    return at
  }

  /** The result of `size` bytes at `at`, which stays what it is. */
  take(at: number, size: number): Uint8Array {
    this.#used = (at + size + 7) & ~7
    return this.#slab.subarray(at, at + size)
  }

  #renew(): void {
    this.#slab = new Uint8Array(SLAB_SIZE)
    this.#used = 0
    markAsUntransferable(this.#slab.buffer)
    this.#addon.memoryUse(this.#slab)
  }
}
