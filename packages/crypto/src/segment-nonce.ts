import { NONCE_SIZE } from './aead.ts'

/** STREAM nonce: 11-byte big-endian counter, then 1 on the last segment and 0 before it. */
export function segmentNonce(index: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(NONCE_SIZE)
  const view = new DataView(nonce.buffer)
  view.setUint32(3, Math.floor(index / 2 ** 32))
  view.setUint32(7, index >>> 0)
  nonce[11] = last ? 1 : 0
  return nonce
}
