import { TAG_SIZE } from './aead.ts'

export const SEGMENT_SIZE = 65_536
/** Plaintext bytes of the longest sequence of segments under one key: docs/formats/sealed-message.md has the arithmetic. */
export const SEGMENTS_PLAINTEXT_MAX = 2 ** 48

/** Segments of a plaintext: at least one, which may be empty. */
export const segmentCount = (plaintextSize: number, segmentSize = SEGMENT_SIZE): number =>
  Math.max(1, Math.ceil(plaintextSize / segmentSize))

/** Bytes of the sealed segments of a plaintext. */
export const sealedSegmentsSize = (plaintextSize: number, segmentSize = SEGMENT_SIZE): number =>
  plaintextSize + TAG_SIZE * segmentCount(plaintextSize, segmentSize)

/** The plaintext's size, or null when no plaintext seals to so many bytes. */
export function openedSegmentsSize(sealedSize: number, segmentSize = SEGMENT_SIZE): number | null {
  if (!Number.isSafeInteger(sealedSize) || sealedSize < TAG_SIZE) return null
  const count = Math.ceil(sealedSize / (segmentSize + TAG_SIZE))
  const size = sealedSize - TAG_SIZE * count
  return size >= 0 && segmentCount(size, segmentSize) === count ? size : null
}

export interface SegmentSpan {
  /** Index of the first segment that the range touches. */
  readonly first: number
  /** Index after the last one. */
  readonly end: number
  /** Where those segments stand among the sealed bytes: [start, end). */
  readonly sealedStart: number
  readonly sealedEnd: number
  /** Plaintext bytes to drop from the front of the opened segments. */
  readonly skip: number
}

/** The segments that cover the plaintext bytes [start, end) of a plaintext of `size` bytes. */
export function segmentSpan(start: number, end: number, size: number, segmentSize = SEGMENT_SIZE): SegmentSpan {
  if (!(start >= 0 && start <= end && end <= size))
    throw new RangeError(`expected a range within ${size} bytes, received ${start} to ${end}`)
  const count = segmentCount(size, segmentSize)
  const first = Math.min(Math.floor(start / segmentSize), count - 1)
  const last = Math.max(first + 1, Math.ceil(end / segmentSize))
  return {
    first,
    end: last,
    sealedStart: first * (segmentSize + TAG_SIZE),
    sealedEnd: Math.min(last * (segmentSize + TAG_SIZE), sealedSegmentsSize(size, segmentSize)),
    skip: start - first * segmentSize,
  }
}
