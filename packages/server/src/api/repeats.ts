import { createHash } from 'node:crypto'
import { errorCatalogue, type HufuError, isHufuError } from '@hufu/wire'
import { z } from 'zod'
import type { Credential, Reply } from '../dialect/dialect.ts'
import type { KmsPort } from '../kms-port.ts'

/** What became of a request. */
export type Outcome = Reply | HufuError

/** A signed request that changes something. */
export interface Change {
  readonly requestId: string
  /** The action's name: not every TC3 client signs it. */
  readonly actionName: string
  readonly credential: Pick<Credential, 'accessKeyId' | 'signature' | 'goodUntil'>
  act(): Promise<Outcome>
  /** The reply that says it. */
  reply(outcome: Outcome): Reply
  /** Called in place of `act` for a repeat, with the id of the first request. */
  repeated(firstId: string): Promise<void>
}

const kept = z.object({
  requestId: z.string(),
  reply: z.object({
    status: z.number(),
    contentType: z.string(),
    body: z.string(),
    requestId: z.string().optional(),
  }),
})

/**
 * A signed change acts once: while its signature is good, whoever sends it again is given the first answer again, and
 * waits for it where the first is under way. A refused one changed nothing, and may be tried again; what failed inside
 * may have changed something, and so stays as it was answered.
 */
export class Repeats {
  readonly #answers: KmsPort['answers']
  readonly #failed: (error: unknown) => void
  readonly #underWay = new Map<string, Promise<unknown>>()

  /** `failed` hears of answers that could not be kept: a repeat of them is refused. */
  constructor(answers: KmsPort['answers'], failed: (error: unknown) => void) {
    this.#answers = answers
    this.#failed = failed
  }

  /** Throws `Replayed` when it is not known what became of the first. */
  async once(change: Change): Promise<Outcome> {
    const id = idOf(change)
    for (let first = this.#underWay.get(id); first !== undefined; first = this.#underWay.get(id)) await first
    const outcome = this.#claimed(id, change)
    this.#underWay.set(
      id,
      outcome.catch(() => {}),
    )
    return outcome.finally(() => this.#underWay.delete(id))
  }

  async #claimed(id: string, change: Change): Promise<Outcome> {
    const first = await this.#answers.claim(id, change.credential.goodUntil)
    if (first === null) return this.#first(id, change)
    const { requestId, reply } = kept.parse(JSON.parse(Buffer.from(first).toString()))
    await change.repeated(requestId)
    return reply
  }

  async #first(id: string, change: Change): Promise<Outcome> {
    const outcome = await change.act()
    const reply = change.reply(outcome)
    const { requestId } = change
    const answer = Buffer.from(JSON.stringify({ requestId, reply } satisfies z.infer<typeof kept>))
    const noted = changedNothing(outcome) ? this.#answers.drop(id) : this.#answers.keep(id, answer)
    await noted.catch(this.#failed)
    return outcome
  }
}

const INTERNAL = 500

const changedNothing = (outcome: Outcome): boolean =>
  isHufuError(outcome) && errorCatalogue[outcome.code].status < INTERNAL

/** Nobody who has the store alone learns a signature from it. */
const idOf = ({ credential: { accessKeyId, signature }, actionName }: Change): string =>
  createHash('sha256')
    .update(JSON.stringify([accessKeyId, signature, actionName]))
    .digest('base64url')
