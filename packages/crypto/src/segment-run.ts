import { TAG_SIZE } from './aead.ts'
import { checkApart, checkBytes, checkRoom } from './aead-arguments.ts'
import { DecryptionError } from './decryption-error.ts'
import { NativeAead } from './native-aead.ts'
import { SEGMENT_SIZE, SEGMENTS_PLAINTEXT_MAX } from './segment-layout.ts'
import { segmentNonce } from './segment-nonce.ts'
import type { SegmentKey } from './segments.ts'
import { unfilled } from './unfilled.ts'

/** Consecutive segments: whole ones, but for the sequence's last one. */
export interface SegmentRun {
  /** The first segment, where it is not at the beginning of `bytes`; others follow it. */
  readonly head?: Uint8Array
  readonly bytes: Uint8Array
  /** Whether the sequence ends with it. */
  readonly last: boolean
}

export interface RunOptions {
  readonly into?: Uint8Array | undefined
  /** By several threads together. */
  readonly shared?: boolean
}

/** Of a run whose first segment is at the beginning of its bytes. */
export const NO_HEAD: Uint8Array = new Uint8Array(0)

/** Seals a run in one call. */
export function sealRun(key: SegmentKey, firstIndex: number, run: SegmentRun, options: RunOptions): Uint8Array {
  const { aead, aad, segmentSize: size = SEGMENT_SIZE } = key
  const sealedSize = sealedRunSize(size, firstIndex, run)
  const { into: out = unfilled(sealedSize), shared = false } = options
  const { head = NO_HEAD, bytes, last } = run
  if (!(aead instanceof NativeAead)) sealEach(key, firstIndex, run, placeFor(run, out, sealedSize))
  else if (shared) aead.sealSegmentsShared(aad, firstIndex, head, bytes, size, last, out)
  else aead.sealSegments(aad, firstIndex, head, bytes, size, last, out)
  return out.subarray(0, sealedSize)
}

/** Opens a run in one call. Throws `DecryptionError`, and then leaves no plaintext in `into`. */
export function openRun(key: SegmentKey, firstIndex: number, run: SegmentRun, options: RunOptions): Uint8Array {
  const { aead, aad, segmentSize: size = SEGMENT_SIZE } = key
  const plaintextSize = openedRunSize(size, firstIndex, run)
  const { into: out = unfilled(plaintextSize), shared = false } = options
  const { head = NO_HEAD, bytes, last } = run
  if (!(aead instanceof NativeAead)) openEach(key, firstIndex, run, placeFor(run, out, plaintextSize))
  else if (shared) aead.openSegmentsShared(aad, firstIndex, head, bytes, size, last, out)
  else aead.openSegments(aad, firstIndex, head, bytes, size, last, out)
  return out.subarray(0, plaintextSize)
}

/** Bytes that `sealRun` makes. Throws as it does. */
export function sealedRunSize(segmentSize: number, firstIndex: number, run: SegmentRun): number {
  const count = pieceCount(run, segmentSize)
  const plaintextSize = runSize(run)
  if (firstIndex * segmentSize + plaintextSize > SEGMENTS_PLAINTEXT_MAX)
    throw new RangeError(`expected at most ${SEGMENTS_PLAINTEXT_MAX} bytes under one key`)
  return plaintextSize + count * TAG_SIZE
}

/** Bytes of plaintext that `openRun` makes. Throws as it does for sizes that no run has. */
export function openedRunSize(segmentSize: number, firstIndex: number, run: SegmentRun): number {
  const step = segmentSize + TAG_SIZE
  const count = pieceCount(run, step)
  const plaintextSize = runSize(run) - count * TAG_SIZE
  if (count > 0) checkLastPiece(firstIndex + count - 1, runSize(run) - (count - 1) * step)
  if (firstIndex * segmentSize + plaintextSize > SEGMENTS_PLAINTEXT_MAX) throw new DecryptionError()
  return plaintextSize
}

/** Bytes of a run, its head among them. */
export const runSize = ({ head = NO_HEAD, bytes }: SegmentRun): number => head.length + bytes.length

/** Where the result goes. Throws `TypeError`, before a byte is written, when it does not fit or overlaps the run. */
function placeFor({ head = NO_HEAD, bytes }: SegmentRun, out: Uint8Array, size: number): Uint8Array {
  for (const array of [head, bytes, out]) checkBytes(array)
  checkRoom(out, size)
  const place = out.subarray(0, size)
  for (const array of [head, bytes]) checkApart(array, place, false)
  return place
}

function sealEach(key: SegmentKey, firstIndex: number, run: SegmentRun, out: Uint8Array): void {
  const size = key.segmentSize ?? SEGMENT_SIZE
  pieces(run, size).forEach((segment, i, { length }) => {
    const nonce = segmentNonce(firstIndex + i, run.last && i === length - 1)
    key.aead.seal(nonce, key.aad, segment, out.subarray(i * (size + TAG_SIZE)))
  })
}

function openEach(key: SegmentKey, firstIndex: number, run: SegmentRun, out: Uint8Array): void {
  const size = key.segmentSize ?? SEGMENT_SIZE
  pieces(run, size + TAG_SIZE).forEach((segment, i, { length }) => {
    const nonce = segmentNonce(firstIndex + i, run.last && i === length - 1)
    try {
      key.aead.open(nonce, key.aad, segment, out.subarray(i * size))
    } catch (error) {
      out.fill(0, 0, i * size)
      throw error
    }
  })
}

/** The run's segments, of which whole ones have `size` bytes. */
function pieces(run: SegmentRun, size: number): Uint8Array[] {
  const { head, bytes } = run
  const before = head === undefined ? 0 : 1
  return Array.from({ length: pieceCount(run, size) }, (_, i) =>
    i < before && head !== undefined ? head : bytes.subarray((i - before) * size, (i - before + 1) * size),
  )
}

/** A segment has its whole tag, and is empty only when it is the only one. */
function checkLastPiece(index: number, size: number): void {
  if (size < TAG_SIZE || (size === TAG_SIZE && index > 0)) throw new DecryptionError()
}

function pieceCount(run: SegmentRun, size: number): number {
  const length = runSize(run)
  if (!run.last && length % size !== 0)
    throw new TypeError(`expected whole segments of ${size} bytes before the last, received ${length} bytes`)
  return run.last ? Math.max(1, Math.ceil(length / size)) : length / size
}
