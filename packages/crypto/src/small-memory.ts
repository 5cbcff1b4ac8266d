import { markAsUntransferable } from 'node:worker_threads'
import { NONCE_SIZE, TAG_SIZE } from './aead.ts'
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
  /** The same memory. */
  #buffer = Buffer.alloc(0)
  #used = 0

  constructor(addon: NativeCiphers) {
    this.#addon = addon
  }

  /** Puts the text, which takes `size` bytes with its tag, the nonce and the associated data where the addon finds them. */
  put(text: Uint8Array, size: number, nonce: Uint8Array, aad: Uint8Array): number {
    const at = this.#room(size + NONCE_SIZE + aad.length)
    this.#slab.set(text, at)
    this.#slab.set(nonce, at + size)
    this.#slab.set(aad, at + size + NONCE_SIZE)
    return at
  }

  /** Puts a cell's head, which ends with the counter, its text with room for the tag, and its place. */
  putCell(head: Uint8Array, counter: number, text: Uint8Array, place: Uint8Array): number {
    const size = head.length + text.length + TAG_SIZE
    const at = this.#room(size + place.length)
    const slab = this.#slab
    slab.set(head, at)
    const textAt = at + head.length
    slab[textAt - 4] = counter >>> 24
    slab[textAt - 3] = counter >>> 16
    slab[textAt - 2] = counter >>> 8
    slab[textAt - 1] = counter
    slab.set(text, textAt)
    slab.set(place, at + size)
    return at
  }

  /** Puts the parts one after another. */
  putParts(first: Uint8Array, second: Uint8Array): number {
    const at = this.#room(first.length + second.length)
    this.#slab.set(first, at)
    this.#slab.set(second, at + first.length)
    return at
  }

  /** Makes room for `size` bytes: at their beginning what `write` writes, and the text `textAt` bytes behind that. */
  putWritten(size: number, write: (bytes: Buffer, at: number) => void, textAt: number, text: Uint8Array): number {
    const at = this.#room(size)
    write(this.#buffer, at)
    this.#slab.set(text, at + textAt)
    return at
  }

  /** The result of `size` bytes at `at`, which stays what it is. */
  take(at: number, size: number): Uint8Array {
    this.#used = (at + size + 7) & ~7
    return this.#slab.subarray(at, at + size)
  }

  #room(size: number): number {
    if (this.#used + size > this.#slab.length) this.#renew()
    return this.#used
  }

  #renew(): void {
    this.#slab = new Uint8Array(SLAB_SIZE)
    this.#buffer = Buffer.from(this.#slab.buffer)
    this.#used = 0
    markAsUntransferable(this.#slab.buffer)
    this.#addon.memoryUse(this.#slab)
  }
}

const memories = new WeakMap<NativeCiphers, SmallMemory>()

/** The one memory that the addon uses. */
export function smallMemoryOf(addon: NativeCiphers): SmallMemory {
  const memory = memories.get(addon) ?? new SmallMemory(addon)
  memories.set(addon, memory)
  return memory
}
