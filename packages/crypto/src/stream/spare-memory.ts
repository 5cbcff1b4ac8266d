import { unfilled } from '../unfilled.ts'

/** Places that are kept for the next stream at most. */
const PLACES = 4

const spare: Uint8Array[] = []

/** Memory of `size` bytes for one stream's results: such as another stream has given back, which is warm, or new. */
export function takeSpare(size: number): Uint8Array {
  const at = spare.findIndex(({ length }) => length === size)
  return spare.splice(at, at < 0 ? 0 : 1)[0] ?? unfilled(size)
}

/** Gives memory back that nobody reads any more. Memory that was taken away meanwhile has no bytes, and is not kept. */
export function giveSpare(memory: Uint8Array): void {
  if (memory.length > 0 && spare.length < PLACES) spare.push(memory)
}
