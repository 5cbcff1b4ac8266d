/**
 * What does the arithmetic. Everything it is given has been validated: points are on the curve, scalars
 * and signature numbers in range, digests 32 bytes. It knows no encodings and computes no digests.
 */
export interface Sm2Engine {
  /** scalar * G as 04 || x || y. */
  publicPoint(scalar: Uint8Array): Uint8Array
  publicKey(point: Uint8Array): Sm2PublicOperations
  /** Copies the scalar; the copy is zeroised on dispose where the engine can. */
  privateKey(scalar: Uint8Array, point: Uint8Array): Sm2PrivateOperations
}

export interface Sm2PublicOperations extends Disposable {
  /** Whether r || s signs `e` (GB/T 32918.2, 7.1 from B4). */
  verify(e: Uint8Array, signature: Uint8Array): boolean
  /** x1 || y1 || C3 || C2 (GB/T 32918.4, 6.1); the message has at least one byte. */
  encrypt(message: Uint8Array): Uint8Array
}

export interface Sm2PrivateOperations extends Disposable {
  /** r || s over `e` (GB/T 32918.2, 6.1 from A3). */
  sign(e: Uint8Array): Uint8Array
  /** The message of x1 || y1 || C3 || C2, or null when C3 does not match (GB/T 32918.4, 7.1). */
  decrypt(ciphertext: Uint8Array): Uint8Array | null
}
