import { CatalogueChanged } from '../cell/read-error.ts'
import { asError, isGuardError } from './failures.ts'
import type { Passage } from './passage.ts'
import type { Submittable } from './submittable.ts'

/** How often a query is sent again because columns were moved under it. */
const TRIES = 5

/** What can still be done with a query whose tables have changed since it was planned. */
export class Retry {
  readonly #passage: Passage
  readonly #fail: (error: Error) => void
  #tries = TRIES

  constructor(passage: Passage, fail: (error: unknown) => void) {
    this.#passage = passage
    this.#fail = fail
  }

  /** True when the new plan would have sent the same text: then the answer that is coming can be read by it. */
  async replan(): Promise<boolean> {
    const { way, original, reading } = this.#passage
    const catalogue = await way.vault.reload()
    const plan = way.vault.plan(original?.text ?? '', catalogue)
    if (plan.text !== reading?.plan.text) return false
    reading.replan(plan, catalogue)
    return true
  }

  /**
   * The statement failed as one does that was planned on what has changed meanwhile: when a new plan is another, the
   * query is sent once more. False inside of a transaction, which has failed, and for what cannot be sent twice.
   */
  sendAgain(error: unknown): boolean {
    const { way, original, reading } = this.#passage
    const { again, identity } = way
    const repeatable = again !== null && original !== null && reading?.plan.statements.length === 1
    if (!repeatable || identity.inTransaction || this.#tries-- === 0) return false
    this.#passage.guarding = false
    this.#passage.doomed = null
    this.#sendPlannedAnew(error, reading.plan.text, original, again).catch((failure) => this.#fail(asError(failure)))
    return true
  }

  async #sendPlannedAnew(
    error: unknown,
    sentText: string,
    original: NonNullable<Passage['original']>,
    again: (query: Submittable) => void,
  ): Promise<void> {
    const { way, query } = this.#passage
    const catalogue = await way.vault.reload()
    const known = isGuardError(error) || error instanceof CatalogueChanged
    if (!known && way.vault.plan(original.text ?? '', catalogue).text === sentText) return this.#fail(asError(error))
    if (original.text !== undefined) query.text = original.text
    query.values = original.values ?? null
    again(query)
  }
}
