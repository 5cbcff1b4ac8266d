import { TransformStream } from 'node:stream/web'
import type { SegmentKey } from '../segments.ts'
import { type SegmentCipher, segmentOpener, segmentSealer } from './segment-cipher.ts'

/** As `sealStream`, for `pipeThrough` of a web stream. */
export const sealTransform = (key: SegmentKey): TransformStream<Uint8Array, Uint8Array> =>
  transformOf(segmentSealer(key))

/** As `openStream`, for `pipeThrough` of a web stream. */
export const openTransform = (key: SegmentKey): TransformStream<Uint8Array, Uint8Array> =>
  transformOf(segmentOpener(key))

function transformOf(cipher: SegmentCipher): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      for (const done of cipher.push(chunk)) controller.enqueue(done)
    },
    flush(controller) {
      const rest = cipher.finish()
      if (rest.length > 0) controller.enqueue(rest)
    },
  })
}
