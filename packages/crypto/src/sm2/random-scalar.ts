import { randomBytes } from 'node:crypto'
import { isScalar, SM2_NUMBER_SIZE } from './curve.ts'

/** A uniform scalar in [1, n-2], by rejection: one try in 2^32 is thrown away. */
export function randomScalar(): Uint8Array {
  for (;;) {
    const scalar = new Uint8Array(randomBytes(SM2_NUMBER_SIZE))
    if (isScalar(scalar)) return scalar
  }
}
