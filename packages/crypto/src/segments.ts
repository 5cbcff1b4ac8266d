import type { Aead } from './aead.ts'
import { openRun, sealRun } from './segment-run.ts'

export interface SegmentKey {
  /** A key used for this one sequence of segments and nothing else. */
  readonly aead: Aead
  /** Bound to every segment. */
  readonly aad: Uint8Array
  /** Plaintext bytes of every segment but the last. */
  readonly segmentSize?: number
}

/**
 * Seals consecutive segments in one call: `plaintext` is a whole number of segments, except that the
 * last one (`last: true`) may be shorter, or empty. `into` as in `Aead.seal`, but not the plaintext's own memory.
 */
export const sealSegments = (
  key: SegmentKey,
  firstIndex: number,
  plaintext: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Uint8Array => sealRun(key, firstIndex, { bytes: plaintext, last }, { into })

/** Opens consecutive sealed segments in one call. Throws `DecryptionError`, and then leaves no plaintext in `into`. */
export const openSegments = (
  key: SegmentKey,
  firstIndex: number,
  sealed: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Uint8Array => openRun(key, firstIndex, { bytes: sealed, last }, { into })

/**
 * As `sealSegments`, by this thread and up to three others together, where the addon is there and the input large enough.
 * It returns when all are done; a thread that is busy or late is not waited for.
 */
export const sealSegmentsShared = (
  key: SegmentKey,
  firstIndex: number,
  plaintext: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Uint8Array => sealRun(key, firstIndex, { bytes: plaintext, last }, { into, shared: true })

/** As `openSegments`, otherwise as `sealSegmentsShared`. */
export const openSegmentsShared = (
  key: SegmentKey,
  firstIndex: number,
  sealed: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Uint8Array => openRun(key, firstIndex, { bytes: sealed, last }, { into, shared: true })
