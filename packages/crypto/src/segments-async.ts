import { availableParallelism } from 'node:os'
import { TAG_SIZE } from './aead.ts'
import { ASYNC_MIN } from './aead-async.ts'
import { DecryptionError } from './decryption-error.ts'
import { lend } from './lent-memory.ts'
import { NativeAead } from './native-aead.ts'
import { SEGMENT_SIZE } from './segment-layout.ts'
import { NO_HEAD, openedRunSize, sealedRunSize } from './segment-run.ts'
import { openSegments, type SegmentKey, sealSegments } from './segments.ts'

/** Threads that one call keeps busy: libuv has four unless UV_THREADPOOL_SIZE says otherwise. */
const THREADS = Math.min(4, availableParallelism())

/**
 * As `sealSegments`, on other threads where the input is large enough. Until the promise settles `plaintext` and `into`
 * belong to the call: they are neither to be changed nor read, and their ArrayBuffers can't be transferred ever after.
 */
export async function sealSegmentsAsync(
  key: SegmentKey,
  firstIndex: number,
  plaintext: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const { aead, aad, segmentSize: size = SEGMENT_SIZE } = key
  if (!(aead instanceof NativeAead) || plaintext.length < ASYNC_MIN)
    return sealSegments(key, firstIndex, plaintext, last, into)
  const sealedSize = sealedRunSize(size, firstIndex, { bytes: plaintext, last })
  const lent = lend(plaintext, into, sealedSize, false)
  const jobs = parts(lent.input, lent.out, size, size + TAG_SIZE).map(({ index, input, result, final }) =>
    aead.sealSegmentsAsync(aad, firstIndex + index, NO_HEAD, input, size, last && final, result),
  )
  await allDone(jobs)
  return lent.result()
}

/** As `openSegments`, otherwise as `sealSegmentsAsync`. */
export async function openSegmentsAsync(
  key: SegmentKey,
  firstIndex: number,
  sealed: Uint8Array,
  last: boolean,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const { aead, aad, segmentSize: size = SEGMENT_SIZE } = key
  if (!(aead instanceof NativeAead) || sealed.length < ASYNC_MIN)
    return openSegments(key, firstIndex, sealed, last, into)
  const plaintextSize = openedRunSize(size, firstIndex, { bytes: sealed, last })
  const lent = lend(sealed, into, plaintextSize, false)
  const jobs = parts(lent.input, lent.out, size + TAG_SIZE, size).map(({ index, input, result, final }) =>
    aead.openSegmentsAsync(aad, firstIndex + index, NO_HEAD, input, size, last && final, result),
  )
  try {
    await allDone(jobs)
  } catch (error) {
    if (error instanceof DecryptionError) lent.discard()
    throw error
  }
  return lent.result()
}

interface Part {
  /** Segments before it. */
  readonly index: number
  readonly input: Uint8Array
  readonly result: Uint8Array
  readonly final: boolean
}

/** As many parts as threads, of whole segments, which take `step` bytes of the input and `resultStep` of the result. */
function parts(input: Uint8Array, out: Uint8Array, step: number, resultStep: number): Part[] {
  const segments = Math.ceil(input.length / step)
  const each = Math.ceil(segments / THREADS)
  return Array.from({ length: Math.ceil(segments / each) }, (_, i) => {
    const [index, end] = [i * each, (i + 1) * each]
    return {
      index,
      input: input.subarray(index * step, end * step),
      result: out.subarray(index * resultStep, end * resultStep),
      final: end >= segments,
    }
  })
}

/** Waits for all, so that none still writes, and then throws the first failure. */
async function allDone(jobs: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(jobs)) if (result.status === 'rejected') throw result.reason
}
