import { openSegments, SEGMENT_SIZE, TAG_SIZE } from '@hufu/crypto'
import type { ObjectKey } from '../format/object-key.ts'
import { expectPartHead } from '../format/part-head.ts'
import { PART_HEAD_SIZE } from '../format/size.ts'
import { objectAead } from '../format/suite.ts'
import type { Body } from '../store/object-store.ts'
import { Gather } from './gather.ts'
import type { ReadStep } from './read-plan.ts'

const BATCH_SIZE = 16 * (SEGMENT_SIZE + TAG_SIZE)

/**
 * The plaintext of the steps, read from a body that starts where they start. Every byte is authentic before it is
 * yielded. `before` is given what is left of the body, and must be content before the last bytes are yielded.
 * Throws `DecryptionError`.
 */
export async function* openSteps(
  key: ObjectKey,
  steps: readonly ReadStep[],
  body: Body,
  beforeLast: (rest: Gather) => Promise<void>,
): Body {
  const gather = new Gather(body)
  const scratch = Buffer.allocUnsafeSlow(
    Math.min(BATCH_SIZE, Math.max(PART_HEAD_SIZE, ...steps.map((step) => step.sealedSize))),
  )
  try {
    for (const [i, step] of steps.entries()) {
      if (step.withHead) expectPartHead(await gather.take(PART_HEAD_SIZE, scratch), key.suite, step.salt)
      yield* openStep(key, step, gather, scratch, i === steps.length - 1 ? beforeLast : null)
    }
    await gather.end()
  } finally {
    await gather.close()
  }
}

async function* openStep(
  key: ObjectKey,
  step: ReadStep,
  gather: Gather,
  scratch: Buffer,
  beforeLast: ((rest: Gather) => Promise<void>) | null,
): Body {
  using aead = objectAead(key.suite, key.dek, 'part', step.salt, key.objectId)
  let segment = step.first
  let skip = step.skip
  let take = step.take
  for (let left = step.sealedSize; left > 0; ) {
    const size = Math.min(left, BATCH_SIZE)
    left -= size
    const sealed = await gather.take(size, scratch)
    const opened = openSegments({ aead, aad: key.objectId }, segment, sealed, step.last && left === 0)
    segment += size / (SEGMENT_SIZE + TAG_SIZE)
    if (left === 0) await beforeLast?.(gather)
    const released = opened.subarray(skip, skip + take)
    skip = 0
    take -= released.length
    if (released.length > 0) yield released
  }
}
