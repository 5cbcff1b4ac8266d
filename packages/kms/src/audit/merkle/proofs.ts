import { EMPTY_ROOT, nodeHash } from './tree-hash.ts'

/** The leaf hashes of a tree; those before `start` may be absent where no proof needs them. */
export type Leaves = readonly Uint8Array[]

/** RFC 6962 section 2.1: MTH over leaves [from, to). */
export function rootOf(leaves: Leaves, from = 0, to = leaves.length): Uint8Array {
  if (to === from) return EMPTY_ROOT
  if (to - from === 1) return leaves[from] as Uint8Array
  const middle = from + split(to - from)
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to))
}

/** RFC 6962 section 2.1.1: PATH(index, leaves), the lowest first. */
export function inclusionPath(leaves: Leaves, index: number, from = 0, to = leaves.length): Uint8Array[] {
  if (to - from <= 1) return []
  const middle = from + split(to - from)
  return index < middle
    ? [...inclusionPath(leaves, index, from, middle), rootOf(leaves, middle, to)]
    : [...inclusionPath(leaves, index, middle, to), rootOf(leaves, from, middle)]
}

/** RFC 6962 section 2.1.2: PROOF(size, leaves), 0 < size <= leaves.length. */
export const consistencyPath = (leaves: Leaves, size: number): Uint8Array[] =>
  subproof(leaves, size, 0, leaves.length, true)

/** SUBPROOF(m, D[from:to], whole), `size` counted from the tree's start. */
function subproof(leaves: Leaves, size: number, from: number, to: number, whole: boolean): Uint8Array[] {
  if (size === to) return whole ? [] : [rootOf(leaves, from, to)]
  const middle = from + split(to - from)
  return size <= middle
    ? [...subproof(leaves, size, from, middle, whole), rootOf(leaves, middle, to)]
    : [...subproof(leaves, size, middle, to, false), rootOf(leaves, from, middle)]
}

/** The greatest power of two below n > 1. */
function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}
