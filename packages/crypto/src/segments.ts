import { type Aead, NONCE_SIZE, TAG_SIZE } from './aead.ts'
import { DecryptionError } from './decryption-error.ts'
import { NativeAead } from './native-aead.ts'
import { SEGMENT_SIZE, SEGMENTS_PLAINTEXT_MAX } from './segment-layout.ts'
import { unfilled } from './unfilled.ts'

export interface SegmentKey {
  /** A key used for this one sequence of segments and nothing else. */
  readonly aead: Aead
  /** Bound to every segment. */
  readonly aad: Uint8Array
  /** Plaintext bytes of every segment but the last. */
  readonly segmentSize?: number
}

/** STREAM nonce: 11-byte big-endian counter, then 1 on the last segment and 0 before it. */
export function segmentNonce(index: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(NONCE_SIZE)
  const view = new DataView(nonce.buffer)
  view.setUint32(3, Math.floor(index / 2 ** 32))
  view.setUint32(7, index >>> 0)
  nonce[11] = last ? 1 : 0
  return nonce
}

/**
 * Seals consecutive segments in one call: `plaintext` is a whole number of segments, except that the
 * last one (`last: true`) may be shorter, or empty. `into` as in `Aead.seal`, but not the plaintext's own memory.
 */
export function sealSegments(
  key: SegmentKey,
  firstIndex: number,
  plaintext: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Uint8Array {
  const size = key.segmentSize ?? SEGMENT_SIZE
  const sealedSize = sealedRunSize(size, firstIndex, plaintext.length, last)
  const out = into ?? unfilled(sealedSize)
  if (key.aead instanceof NativeAead) key.aead.sealSegments(key.aad, firstIndex, plaintext, size, last, out)
  else sealEach(key, firstIndex, plaintext, last, out)
  return out.subarray(0, sealedSize)
}

/** Bytes that `sealSegments` makes. Throws as it does. */
export function sealedRunSize(segmentSize: number, firstIndex: number, plaintextSize: number, last: boolean): number {
  const count = pieces(plaintextSize, segmentSize, last)
  if (firstIndex * segmentSize + plaintextSize > SEGMENTS_PLAINTEXT_MAX)
    throw new RangeError(`expected at most ${SEGMENTS_PLAINTEXT_MAX} bytes under one key`)
  return plaintextSize + count * TAG_SIZE
}

/** Opens consecutive sealed segments in one call. Throws `DecryptionError`, and then leaves no plaintext in `into`. */
export function openSegments(
  key: SegmentKey,
  firstIndex: number,
  sealed: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Uint8Array {
  const size = key.segmentSize ?? SEGMENT_SIZE
  const plaintextSize = openedRunSize(size, firstIndex, sealed.length, last)
  const out = into ?? unfilled(plaintextSize)
  if (key.aead instanceof NativeAead) key.aead.openSegments(key.aad, firstIndex, sealed, size, last, out)
  else openEach(key, firstIndex, sealed, last, out)
  return out.subarray(0, plaintextSize)
}

/** Bytes of plaintext that `openSegments` makes. Throws as it does for sizes that no run has. */
export function openedRunSize(segmentSize: number, firstIndex: number, sealedSize: number, last: boolean): number {
  const step = segmentSize + TAG_SIZE
  const count = pieces(sealedSize, step, last)
  const plaintextSize = sealedSize - count * TAG_SIZE
  if (count > 0) checkLastPiece(firstIndex + count - 1, sealedSize - (count - 1) * step)
  if (firstIndex * segmentSize + plaintextSize > SEGMENTS_PLAINTEXT_MAX) throw new DecryptionError()
  return plaintextSize
}

function sealEach(key: SegmentKey, firstIndex: number, plaintext: Uint8Array, last: boolean, out: Uint8Array): void {
  const size = key.segmentSize ?? SEGMENT_SIZE
  const count = pieces(plaintext.length, size, last)
  for (let i = 0; i < count; i++) {
    const nonce = segmentNonce(firstIndex + i, last && i === count - 1)
    const segment = plaintext.subarray(i * size, (i + 1) * size)
    key.aead.seal(nonce, key.aad, segment, out.subarray(i * (size + TAG_SIZE)))
  }
}

function openEach(key: SegmentKey, firstIndex: number, sealed: Uint8Array, last: boolean, out: Uint8Array): void {
  const size = key.segmentSize ?? SEGMENT_SIZE
  const step = size + TAG_SIZE
  const count = pieces(sealed.length, step, last)
  for (let i = 0; i < count; i++) {
    const nonce = segmentNonce(firstIndex + i, last && i === count - 1)
    const segment = sealed.subarray(i * step, (i + 1) * step)
    try {
      key.aead.open(nonce, key.aad, segment, out.subarray(i * size))
    } catch (error) {
      out.fill(0, 0, i * size)
      throw error
    }
  }
}

/** A segment has its whole tag, and is empty only when it is the only one. */
function checkLastPiece(index: number, size: number): void {
  if (size < TAG_SIZE || (size === TAG_SIZE && index > 0)) throw new DecryptionError()
}

function pieces(length: number, size: number, last: boolean): number {
  if (!last && length % size !== 0)
    throw new TypeError(`expected whole segments of ${size} bytes before the last, received ${length} bytes`)
  return last ? Math.max(1, Math.ceil(length / size)) : length / size
}
