import { openedSegmentsSize, sealedSegmentsSize } from '@hufu/crypto'

/** docs/formats/object.md, "Canonical size". None of these ever changes. */
export const PART_HEAD_SIZE = 32
export const MANIFEST_HEAD_SIZE = 64
export const MANIFEST_ENTRY_SIZE = 80
export const TRAILER_SIZE = 64
const ROOM_OF_A_PART = 128
const ROOM_OF_AN_OBJECT = 128

/** Backends demand so much of every part but the last. */
export const PART_SIZE_MIN = 5 * 1024 * 1024
export const PARTS_MAX = 10_000

/** C(P): bytes in the backend of an object of so many plaintext bytes, however it was split. */
export const storedSize = (plaintextSize: number): number =>
  sealedSegmentsSize(plaintextSize) + ROOM_OF_A_PART * partsAtMost(plaintextSize) + ROOM_OF_AN_OBJECT

/** The plaintext size, or null when no object of this format has so many bytes in the backend. */
export function plaintextSize(stored: number): number | null {
  let low = 0
  let high = stored
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    if (storedSize(middle) < stored) low = middle + 1
    else high = middle
  }
  return storedSize(low) === stored ? low : null
}

/** Bytes of a sealed part, head included. */
export const sealedPartSize = (size: number): number => PART_HEAD_SIZE + sealedSegmentsSize(size)

/** The plaintext size of a sealed part; null when no part has so many bytes. */
export const plaintextPartSize = (stored: number): number | null => openedSegmentsSize(stored - PART_HEAD_SIZE)

/** Bytes of the sealed manifest, padding included, of an object with parts of these plaintext sizes. */
export function manifestSize(partSizes: readonly number[]): number {
  const plaintext = partSizes.reduce((sum, size) => sum + size, 0)
  const parts = partSizes.reduce((sum, size) => sum + sealedPartSize(size), 0)
  return storedSize(plaintext) - parts - TRAILER_SIZE
}

/** A bound of manifest and trailer together: those of an object in one part have the most padding. */
export const tailSizeMax = (plaintextSize: number): number => storedSize(plaintextSize) - sealedPartSize(plaintextSize)

const partsAtMost = (size: number): number => Math.min(Math.floor(size / PART_SIZE_MIN) + 1, PARTS_MAX)
