import { TAG_SIZE } from '../aead.ts'
import { DecryptionError } from '../decryption-error.ts'
import { SEGMENT_SIZE } from '../segment-layout.ts'
import { openSegments, type SegmentKey, sealSegments } from '../segments.ts'
import { type Batch, Cutter } from './cutter.ts'

/** Plaintext bytes that go through the cipher in one call at most, where segments are smaller. */
const BATCH_SIZE = 2 ** 20

/** One direction of a segment stream: chunks of any sizes in, few large chunks out. */
export interface SegmentCipher {
  /** What can be given out now, made as it is iterated; to be iterated to its end before the next call. */
  push(chunk: Uint8Array): Iterable<Uint8Array>
  /** What is left when the stream has ended. */
  finish(): Uint8Array
}

export interface SegmentCipherOptions {
  /** Every result is in the same memory, and is gone when the next one is made. */
  readonly reuse?: boolean
}

/** Segments of one batch. */
export const batchSegments = (segmentSize = SEGMENT_SIZE): number => Math.max(1, Math.floor(BATCH_SIZE / segmentSize))

/** Seals a stream to segments. */
export function segmentSealer(key: SegmentKey, options: SegmentCipherOptions = {}): SegmentCipher {
  const size = key.segmentSize ?? SEGMENT_SIZE
  return segmentCipher(key, size, size + TAG_SIZE, options, sealSegments)
}

/** Opens a stream of segments. Throws `DecryptionError` where the stream is not authentic, and on every call after that. */
export function segmentOpener(key: SegmentKey, options: SegmentCipherOptions = {}): SegmentCipher {
  const size = key.segmentSize ?? SEGMENT_SIZE
  return segmentCipher(key, size + TAG_SIZE, size, options, openSegments)
}

function segmentCipher(
  key: SegmentKey,
  piece: number,
  resultPiece: number,
  { reuse = false }: SegmentCipherOptions,
  use: typeof sealSegments,
): SegmentCipher {
  const step = batchSegments(key.segmentSize)
  const cutter = new Cutter({ piece, size: step * piece, places: 1 })
  const memory = reuse ? { into: new Uint8Array(step * resultPiece) } : {}
  let index = 0
  let failed = false
  const run = ({ bytes, last }: Batch): Uint8Array => {
    if (failed) throw new DecryptionError()
    failed = true
    const done = use(key, index, bytes, last, memory.into)
    index += bytes.length / piece
    failed = false
    return done
  }
  return {
    *push(chunk) {
      for (const batch of cutter.push(chunk)) yield run(batch)
    },
    finish: () => run(cutter.finish()),
  }
}
