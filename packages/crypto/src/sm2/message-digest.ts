import { createHash } from 'node:crypto'
import { SM2_A, SM2_B, SM2_GX, SM2_GY, toBytes } from './curve.ts'
import type { Sm2PublicKey } from './public-key.ts'

/** The user id of GM/T 0009-2012, 10, and RFC 8998, 3.2.1: what everybody uses who has agreed on nothing else. */
export const SM2_DEFAULT_USER_ID = '1234567812345678'

/** Bytes of the longest user id: its length in bits must fit 16 bits (GB/T 32918.2, 5.5). */
export const SM2_USER_ID_MAX = 8191

export interface Sm2UserId {
  /** Text (as UTF-8) or bytes, at most 8191 of them. */
  readonly userId?: string | Uint8Array
}

const CURVE = Buffer.concat([SM2_A, SM2_B, SM2_GX, SM2_GY].map(toBytes))

/** Z = SM3(ENTL || ID || a || b || xG || yG || xA || yA), 32 bytes (GB/T 32918.2, 5.5). */
export function sm2Identity(key: Sm2PublicKey, userId: string | Uint8Array = SM2_DEFAULT_USER_ID): Uint8Array {
  const id = typeof userId === 'string' ? Buffer.from(userId) : userId
  if (id.length > SM2_USER_ID_MAX)
    throw new TypeError(`expected a user id of at most ${SM2_USER_ID_MAX} bytes, received ${id.length}`)
  const bits = id.length * 8
  return createHash('sm3')
    .update(Uint8Array.of(bits >> 8, bits & 0xff))
    .update(id)
    .update(CURVE)
    .update(key.toPoint().subarray(1))
    .digest()
}

/** What is signed: e = SM3(Z || message), 32 bytes (GB/T 32918.2, 6.1 A1-A2). */
export function sm2MessageDigest(key: Sm2PublicKey, message: Uint8Array, { userId }: Sm2UserId = {}): Uint8Array {
  return createHash('sm3').update(sm2Identity(key, userId)).update(message).digest()
}
