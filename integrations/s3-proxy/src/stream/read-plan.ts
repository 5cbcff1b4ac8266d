import { SEGMENT_SIZE, segmentCount, segmentSpan } from '@hufu/crypto'
import type { ManifestEntry } from '../format/manifest-entry.ts'
import { PART_HEAD_SIZE, sealedPartSize } from '../format/size.ts'

/** A run of segments of one part, to be read after the part's head when the run begins with it. */
export interface ReadStep {
  readonly salt: Uint8Array
  readonly withHead: boolean
  /** Index of the first segment. */
  readonly first: number
  readonly sealedSize: number
  /** Whether the run ends with the part's last segment. */
  readonly last: boolean
  /** Plaintext bytes to drop from the front, and how many to release after those. */
  readonly skip: number
  readonly take: number
}

export interface ReadPlan {
  /** The stored bytes [start, end) that the steps read, without a gap. */
  readonly start: number
  readonly end: number
  readonly steps: readonly ReadStep[]
}

/** Plaintext bytes [start, end). */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What a plan needs to know of a part. */
export type PlannedPart = Pick<ManifestEntry, 'salt' | 'size'>

/** What to read of an object of these parts, to release the plaintext bytes of the span. */
export function readPlan(parts: readonly PlannedPart[], { start, end }: Span): ReadPlan {
  const steps: ReadStep[] = []
  let from: number | null = null
  let to = 0
  let plaintext = 0
  let stored = 0
  for (const part of parts) {
    const wanted = { start: Math.max(0, start - plaintext), end: Math.min(part.size, end - plaintext) }
    if (touches(part.size, wanted)) {
      const { step, storedStart, storedEnd } = partStep(part, wanted, from !== null)
      steps.push(step)
      from ??= stored + storedStart
      to = stored + storedEnd
    }
    plaintext += part.size
    stored += sealedPartSize(part.size)
  }
  return { start: from ?? 0, end: to, steps }
}

/** An empty part in the middle of a span is read too: its segment proves that it is empty. */
const touches = (size: number, { start, end }: Span): boolean => start < end || (size === 0 && start === 0 && end === 0)

function partStep(part: PlannedPart, { start, end }: Span, continued: boolean) {
  const span = segmentSpan(start, end, part.size)
  const withHead = continued || span.first === 0
  const step: ReadStep = {
    salt: part.salt,
    withHead,
    first: span.first,
    sealedSize: span.sealedEnd - span.sealedStart,
    last: span.end === segmentCount(part.size),
    skip: span.skip,
    take: end - start,
  }
  return {
    step,
    storedStart: withHead ? 0 : PART_HEAD_SIZE + span.sealedStart,
    storedEnd: PART_HEAD_SIZE + span.sealedEnd,
  }
}

/** The stored bytes that hold a range of an object in one part, without knowing its size. */
export const wholeGuess = (first: number, last: number | null): { readonly start: number; readonly end?: number } => {
  const sealed = SEGMENT_SIZE + 16
  const start = first < SEGMENT_SIZE ? 0 : PART_HEAD_SIZE + Math.floor(first / SEGMENT_SIZE) * sealed
  return last === null ? { start } : { start, end: PART_HEAD_SIZE + (Math.floor(last / SEGMENT_SIZE) + 1) * sealed }
}
