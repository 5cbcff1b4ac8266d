import { openSegments, SEGMENT_SIZE, TAG_SIZE } from '@hufu/crypto'
import type { ObjectKey } from '../format/object-key.ts'
import { expectPartHead } from '../format/part-head.ts'
import { PART_HEAD_SIZE } from '../format/size.ts'
import { objectAead } from '../format/suite.ts'
import type { Body } from '../store/object-store.ts'
import { Gather } from './gather.ts'
import type { ReadStep } from './read-plan.ts'

/** Segments opened at once: few large chunks cost less than many small ones. */
const BATCH = 4
const SEALED = SEGMENT_SIZE + TAG_SIZE

/** Given what is left of the body after the last step; must be content before the last bytes are yielded. */
export type BeforeLast = (rest: Gather) => Promise<void>

/**
 * The plaintext of the steps, read from a body that starts where they start. Every byte is authentic before it is
 * yielded. A chunk is good until the one after the next is asked for. Throws `DecryptionError`.
 */
export async function* openSteps(key: ObjectKey, steps: readonly ReadStep[], body: Body, beforeLast: BeforeLast): Body {
  const gather = new Gather(body)
  const opener = new StepOpener(key, gather, steps)
  try {
    for (const [i, step] of steps.entries()) yield* opener.open(step, i === steps.length - 1 ? beforeLast : null)
    await gather.end()
  } finally {
    await gather.close()
  }
}

class StepOpener {
  readonly #key: ObjectKey
  readonly #gather: Gather
  readonly #scratch: Buffer
  /** Used in turn, so that one can be sent while the other is filled. */
  readonly #opened: readonly [Buffer, Buffer]
  #turn: 0 | 1 = 0

  constructor(key: ObjectKey, gather: Gather, steps: readonly ReadStep[]) {
    this.#key = key
    this.#gather = gather
    const longest = steps.reduce((most, { sealedSize }) => Math.max(most, sealedSize), PART_HEAD_SIZE)
    const size = Math.min(longest, BATCH * SEALED)
    this.#scratch = Buffer.allocUnsafeSlow(size)
    this.#opened = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  }

  async *open(step: ReadStep, beforeLast: BeforeLast | null): Body {
    const { suite, dek, objectId } = this.#key
    if (step.withHead) expectPartHead(await this.#gather.take(PART_HEAD_SIZE, this.#scratch), suite, step.salt)
    using aead = objectAead(suite, dek, 'part', step.salt, objectId)
    let { skip, take } = step
    for (let at = 0; at < step.sealedSize; at += BATCH * SEALED) {
      const sealed = await this.#gather.take(Math.min(step.sealedSize - at, BATCH * SEALED), this.#scratch)
      const end = at + sealed.length === step.sealedSize
      const opened = openSegments(
        { aead, aad: objectId },
        step.first + at / SEALED,
        sealed,
        step.last && end,
        this.#nextBuffer(),
      )
      if (end) await beforeLast?.(this.#gather)
      const released = opened.subarray(skip, skip + take)
      skip = 0
      take -= released.length
      if (released.length > 0) yield released
    }
  }

  #nextBuffer(): Buffer {
    this.#turn = this.#turn === 0 ? 1 : 0
    return this.#opened[this.#turn]
  }
}
