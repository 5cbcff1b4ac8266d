import { nodeHash, sameHash } from './tree-hash.ts'

const half = (n: number): number => Math.floor(n / 2)

/** Whether the leaf is at `index` of the tree of `size` records with that root. RFC 9162 section 2.1.3.2. */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size) return false
  let [at, last, hash] = [index, size - 1, leaf]
  for (const other of path) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(other, hash)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else hash = nodeHash(hash, other)
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && sameHash(hash, root)
}

export interface Head {
  readonly size: number
  readonly root: Uint8Array
}

/** Whether the newer tree begins with all of the older one. RFC 9162 section 2.1.4.2. */
export function checkConsistency(older: Head, newer: Head, path: readonly Uint8Array[]): boolean {
  if (older.size > newer.size || older.size < 1) return false
  if (older.size === newer.size) return path.length === 0 && sameHash(older.root, newer.root)
  // A tree of 2^k records is a node of the newer one: its root is the path's first hash.
  const [first, ...rest] = isPowerOfTwo(older.size) ? [older.root, ...path] : path
  if (first === undefined) return false
  let [at, last] = [older.size - 1, newer.size - 1]
  while (at % 2 === 1) [at, last] = [half(at), half(last)]
  let [old, young] = [first, first]
  for (const other of rest) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      ;[old, young] = [nodeHash(other, old), nodeHash(other, young)]
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else young = nodeHash(young, other)
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && sameHash(old, older.root) && sameHash(young, newer.root)
}

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n))
