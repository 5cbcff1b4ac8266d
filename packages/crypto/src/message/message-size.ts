import {
  openedSegmentsSize,
  SEGMENT_SIZE,
  SEGMENTS_PLAINTEXT_MAX,
  sealedSegmentsSize,
  segmentSpan,
} from '../segment-layout.ts'
import { contextPairs, contextSize } from './context.ts'
import { HEAD_SIZE, HEADER_MAC_SIZE } from './head.ts'
import type { HeaderOptions } from './header.ts'
import { recipientsSize } from './recipient.ts'

/** Bytes of the header that the options make; only the sizes of the wrapped keys matter. */
export const sealedHeaderSize = ({ context = {}, recipients }: HeaderOptions): number =>
  HEAD_SIZE + contextSize(contextPairs(context)) + recipientsSize(recipients) + HEADER_MAC_SIZE

/** Bytes of a message with a header of `headerSize` bytes. */
export const sealedSize = (headerSize: number, plaintextSize: number, segmentSize = SEGMENT_SIZE): number =>
  headerSize + sealedSegmentsSize(plaintextSize, segmentSize)

/** Bytes of plaintext in a message of `messageSize` bytes, or null when no message has so many. */
export function openedSize(headerSize: number, messageSize: number, segmentSize = SEGMENT_SIZE): number | null {
  const size = openedSegmentsSize(messageSize - headerSize, segmentSize)
  return size !== null && size <= SEGMENTS_PLAINTEXT_MAX ? size : null
}

/** Which bytes [start, end) of the message hold the plaintext bytes [start, end) of a plaintext of `size` bytes. */
export function sealedRange(
  headerSize: number,
  start: number,
  end: number,
  size: number,
  segmentSize = SEGMENT_SIZE,
): { readonly start: number; readonly end: number } {
  const span = segmentSpan(start, end, size, segmentSize)
  return { start: headerSize + span.sealedStart, end: headerSize + span.sealedEnd }
}
