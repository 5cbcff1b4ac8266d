import { randomFillSync } from 'node:crypto'
import { SALT_SIZE } from './head.ts'

/** Salts that one call to the random generator draws: the call costs more than the bytes. */
const DRAWN = 16

const drawn = new Uint8Array(DRAWN * SALT_SIZE)
let used = drawn.length

/**
 * A random salt. At most 15 wait in memory: a process that is copied (a snapshot of its machine that is started twice)
 * would give those to both copies.
 */
export function randomSalt(): Uint8Array {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += SALT_SIZE
  return drawn.slice(used - SALT_SIZE, used)
}
