import type { Cipher, Decipher } from 'node:crypto'

/** node:crypto takes less than 2 GiB at a time. */
const PIECE = 2 ** 26

/** Runs all of the input through the cipher into the front of `into`, which may be the input's own place. */
export function updateInto(cipher: Cipher | Decipher, input: Uint8Array, into: Uint8Array): void {
  for (let at = 0; at < input.length; at += PIECE) {
    const piece = cipher.update(input.subarray(at, at + PIECE))
    into.set(piece, at)
    piece.fill(0)
  }
}
