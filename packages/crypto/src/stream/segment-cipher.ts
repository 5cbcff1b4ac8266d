import { TAG_SIZE } from '../aead.ts'
import { DecryptionError } from '../decryption-error.ts'
import { SEGMENT_SIZE } from '../segment-layout.ts'
import { openRun, runSize, type SegmentRun, sealRun } from '../segment-run.ts'
import type { SegmentKey } from '../segments.ts'
import { Cutter } from './cutter.ts'
import { giveSpare, takeSpare } from './spare-memory.ts'

/** Plaintext bytes that go through the cipher in one call at most, where segments are smaller. */
const BATCH_SIZE = 2 ** 20
/** The same where several threads share the call. */
const PARALLEL_BATCH_SIZE = 2 ** 22

/** One direction of a segment stream: chunks of any sizes in, few large chunks out. */
export interface SegmentCipher extends Disposable {
  /** What can be given out now, made as it is iterated; to be iterated to its end before the next call. */
  push(chunk: Uint8Array): Iterable<Uint8Array>
  /** What is left when the stream has ended. */
  finish(): Uint8Array
}

export interface SegmentCipherOptions {
  /** Every result is in the same memory, and is gone when the next one is made or the cipher disposed of. */
  readonly reuse?: boolean
  /** Other threads help. Then chunks must not change before what was made of them has come out. */
  readonly parallel?: boolean
}

/** Segments of one batch. */
export const batchSegments = (segmentSize = SEGMENT_SIZE, batchSize = BATCH_SIZE): number =>
  Math.max(1, Math.floor(batchSize / segmentSize))

/** Seals a stream to segments. */
export function segmentSealer(key: SegmentKey, options: SegmentCipherOptions = {}): SegmentCipher {
  const size = key.segmentSize ?? SEGMENT_SIZE
  return segmentCipher(key, size, size + TAG_SIZE, options, sealRun)
}

/** Opens a stream of segments. Throws `DecryptionError` where the stream is not authentic, and on every call after that. */
export function segmentOpener(key: SegmentKey, options: SegmentCipherOptions = {}): SegmentCipher {
  const size = key.segmentSize ?? SEGMENT_SIZE
  return segmentCipher(key, size + TAG_SIZE, size, options, openRun)
}

function segmentCipher(
  key: SegmentKey,
  piece: number,
  resultPiece: number,
  { reuse = false, parallel = false }: SegmentCipherOptions,
  use: typeof sealRun,
): SegmentCipher {
  const step = batchSegments(key.segmentSize, parallel ? PARALLEL_BATCH_SIZE : BATCH_SIZE)
  const cutter = new Cutter({ piece, size: step * piece, hold: parallel })
  const call = { shared: parallel, into: reuse ? takeSpare(step * resultPiece) : undefined }
  let index = 0
  let failed = false
  const through = (run: SegmentRun): Uint8Array => {
    if (failed) throw new DecryptionError()
    failed = true
    const done = use(key, index, run, call)
    index += runSize(run) / piece
    failed = false
    return done
  }
  return {
    *push(chunk) {
      for (const run of cutter.push(chunk)) yield through(run)
    },
    finish: () => through(cutter.finish()),
    [Symbol.dispose]() {
      failed = true
      if (call.into !== undefined) giveSpare(call.into)
      call.into = undefined
    },
  }
}
