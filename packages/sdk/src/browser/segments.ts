import { type Bytes, joined } from './bytes.ts'
import type { CryptoKey } from './crypto-key.ts'
import { DecryptionError } from './decryption-error.ts'

export const TAG_SIZE = 16

/** Seals or opens the segment of this index; the last one is another than the same bytes in the middle. */
export type SegmentCipher = (segment: Uint8Array, index: number, last: boolean) => Promise<Uint8Array>

export const sealing =
  (key: CryptoKey): SegmentCipher =>
  async (segment, index, last) =>
    new Uint8Array(await crypto.subtle.encrypt(aesGcm(index, last), key, segment as Bytes))

export const opening =
  (key: CryptoKey): SegmentCipher =>
  async (segment, index, last) => {
    if (segment.length < TAG_SIZE || (segment.length === TAG_SIZE && index > 0)) throw new DecryptionError()
    try {
      return new Uint8Array(await crypto.subtle.decrypt(aesGcm(index, last), key, segment as Bytes))
    } catch {
      throw new DecryptionError()
    }
  }

/** STREAM nonce: 11-byte big-endian counter, then 1 on the last segment and 0 before it. */
function aesGcm(index: number, last: boolean) {
  const iv = new Uint8Array(12)
  const view = new DataView(iv.buffer)
  view.setUint32(3, Math.floor(index / 2 ** 32))
  view.setUint32(7, index >>> 0)
  iv[11] = last ? 1 : 0
  return { name: 'AES-GCM', iv, tagLength: 128 }
}

/** Cuts a stream into pieces of `size` bytes and puts each through the cipher; the last piece is known by the end. */
export function segmentStream(size: number, cipher: SegmentCipher): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array = new Uint8Array(0)
  let index = 0
  return new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      const all = held.length === 0 ? chunk : joined(held, chunk)
      let at = 0
      for (; all.length - at > size; at += size)
        controller.enqueue(await cipher(all.slice(at, at + size), index++, false))
      held = all.slice(at)
    },
    async flush(controller) {
      controller.enqueue(await cipher(held, index, true))
    },
  })
}
