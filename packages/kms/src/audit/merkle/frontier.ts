import { EMPTY_ROOT, HASH_SIZE, nodeHash } from './tree-hash.ts'

/** A frontier's fields, as they can be sent to a thread. */
export interface TreeState {
  readonly size: number
  readonly roots: readonly Uint8Array[]
}

/** A Merkle tree that only grows: the roots of its perfect subtrees, the greatest first, and nothing else. */
export class Frontier {
  #size: number
  readonly #roots: Uint8Array[]

  private constructor(size: number, roots: readonly Uint8Array[]) {
    this.#size = size
    this.#roots = [...roots]
  }

  static empty(): Frontier {
    return new Frontier(0, [])
  }

  /** Throws `RangeError` when it is not the frontier of a tree of that size. */
  static of(size: number, roots: readonly Uint8Array[]): Frontier {
    if (roots.length !== ones(size) || roots.some((root) => root.length !== HASH_SIZE))
      throw new RangeError(`expected the frontier of ${size} records`)
    return new Frontier(size, roots)
  }

  get size(): number {
    return this.#size
  }

  get roots(): readonly Uint8Array[] {
    return this.#roots
  }

  copy(): Frontier {
    return new Frontier(this.#size, this.#roots)
  }

  /** Two perfect trees of one size become one of the next, like a carry in the binary sum. */
  append(leaf: Uint8Array): void {
    let root = leaf
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2))
      root = nodeHash(this.#roots.pop() as Uint8Array, root)
    this.#roots.push(root)
    this.#size += 1
  }

  root(): Uint8Array {
    const [last, ...others] = [...this.#roots].reverse()
    if (last === undefined) return EMPTY_ROOT
    return others.reduce((right, left) => nodeHash(left, right), last)
  }
}

/** How many binary digits are one; sizes go beyond 32 bits. */
const ones = (size: number): number => size.toString(2).replaceAll('0', '').length
