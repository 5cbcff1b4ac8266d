import { readSync, writeSync } from 'node:fs'
import {
  DecryptionError,
  openSegments,
  parseHeader,
  Secret,
  sealedSegmentsSize,
  sealSegments,
  verifyHeader,
} from '@hufu/crypto'
import { BATCH, batchCount, type FileJob } from './file-job.ts'

/**
 * Takes batches until there are none left: reads, seals or opens, and writes each at its own place. Yields the bytes of
 * plaintext of each.
 */
export function* runFileJob(job: FileJob): Generator<number, void, undefined> {
  const header = parseHeader(job.header)
  using dataKey = Secret.take(Uint8Array.from(new Uint8Array(job.dataKey)))
  using key = verifyHeader(header, dataKey)
  const sealedBatch = sealedSegmentsSize(BATCH, header.segmentSize)
  const [fromBatch, toBatch, use] =
    job.direction === 'seal' ? [BATCH, sealedBatch, sealSegments] : [sealedBatch, BATCH, openSegments]
  const [from, to] = [new Uint8Array(fromBatch), new Uint8Array(toBatch)]
  const next = new Uint32Array(job.next)
  const count = batchCount(job.plaintextSize)
  for (let batch = Atomics.add(next, 0, 1); batch < count; batch = Atomics.add(next, 0, 1)) {
    const plaintext = Math.min(BATCH, job.plaintextSize - batch * BATCH)
    const size = job.direction === 'seal' ? plaintext : sealedSegmentsSize(plaintext, header.segmentSize)
    readFully(job.from, from.subarray(0, size), job.fromStart + batch * fromBatch)
    const firstSegment = (batch * BATCH) / header.segmentSize
    const result = use(key, firstSegment, from.subarray(0, size), batch === count - 1, to)
    writeFully(job.to, result, job.toStart + batch * toBatch)
    yield plaintext
  }
}

/** A file that became shorter meanwhile is not what was sealed. */
function readFully(file: number, into: Uint8Array, position: number): void {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, into.length - at, position + at)
    if (read === 0) throw new DecryptionError({ cause: new Error('the file became shorter while it was read') })
    at += read
  }
}

function writeFully(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, position + at)
}
