import { SEGMENT_SIZE, type SegmentKey, sealSegments, TAG_SIZE } from '@hufu/crypto'
import { S3Error } from '../error.ts'
import type { ObjectKey } from '../format/object-key.ts'
import { writePartHead } from '../format/part-head.ts'
import { PART_HEAD_SIZE } from '../format/size.ts'
import { objectAead } from '../format/suite.ts'
import type { Body } from '../store/object-store.ts'

/** Segments sealed at once: few large chunks cost less than many small ones. */
const BATCH = 4

/**
 * A part of exactly `size` plaintext bytes: its head and its segments. The last segment is held back until the
 * source has ended, so what the source checks at its end decides whether the part is ever whole.
 * Throws `IncompleteBody` when the source is shorter or longer.
 */
export async function* sealPart(key: ObjectKey, salt: Uint8Array, size: number, source: Body): Body {
  using aead = objectAead(key.suite, key.dek, 'part', salt, key.objectId)
  const sealer = new BatchSealer({ aead, aad: key.objectId }, writePartHead(key.suite, salt), size)
  let received = 0
  for await (const chunk of source) {
    received += chunk.length
    if (received > size) break
    for (let at = 0; at < chunk.length; ) {
      at += sealer.take(chunk.subarray(at))
      if (sealer.full && (received < size || at < chunk.length)) yield sealer.seal(false)
    }
  }
  if (received !== size) throw new S3Error('IncompleteBody', `expected ${size} bytes, received ${received}`)
  yield sealer.seal(true)
}

/** Gathers plaintext into batches of whole segments, and seals them into a buffer that it uses again. */
class BatchSealer {
  readonly #key: SegmentKey
  readonly #plaintext: Buffer
  /** The head stands in front of the first batch. */
  readonly #sealed: Buffer
  #filled = 0
  #segment = 0

  constructor(key: SegmentKey, head: Buffer, size: number) {
    this.#key = key
    const segments = Math.min(BATCH, Math.max(1, Math.ceil(size / SEGMENT_SIZE)))
    this.#plaintext = Buffer.allocUnsafeSlow(segments * SEGMENT_SIZE)
    this.#sealed = Buffer.allocUnsafeSlow(PART_HEAD_SIZE + segments * (SEGMENT_SIZE + TAG_SIZE))
    this.#sealed.set(head)
  }

  get full(): boolean {
    return this.#filled === this.#plaintext.length
  }

  /** Takes what fits; returns how many bytes. */
  take(chunk: Uint8Array): number {
    const taken = chunk.subarray(0, this.#plaintext.length - this.#filled)
    this.#plaintext.set(taken, this.#filled)
    this.#filled += taken.length
    return taken.length
  }

  seal(last: boolean): Uint8Array {
    const into = this.#sealed.subarray(PART_HEAD_SIZE)
    const plaintext = this.#plaintext.subarray(0, this.#filled)
    const sealed = sealSegments(this.#key, this.#segment, plaintext, last, into)
    const start = this.#segment === 0 ? 0 : PART_HEAD_SIZE
    this.#segment += this.#filled / SEGMENT_SIZE
    this.#filled = 0
    return this.#sealed.subarray(start, PART_HEAD_SIZE + sealed.length)
  }
}
