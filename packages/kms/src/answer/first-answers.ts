import { setTimeout } from 'node:timers/promises'
import { HufuError } from '@hufu/wire'
import type { Clock } from '../clock.ts'
import type { Answers } from '../store/answers.ts'
import type { Vault } from '../vault/vault.ts'

/** Milliseconds that the clocks of the processes of one store may be apart. */
const CLOCKS_APART_MAX = 60_000
/** Milliseconds between two looks for what is over. */
const SWEEP_PERIOD = 60_000
/** Milliseconds that a repeat waits for the answer of a first request that another process has under way. */
const PATIENCE = 10_000
/** Milliseconds between two looks for that answer. */
const LOOK_PERIOD = 50

/**
 * What was answered to requests that change something, by an id that a repeat shares: one for all processes of a store,
 * sealed by the vault, since answers hold credentials. `claim` comes before the act, so no crash makes one act twice.
 */
export class FirstAnswers {
  readonly #answers: Answers
  readonly #vault: Pick<Vault, 'seal' | 'open'>
  readonly #clock: Clock
  readonly #patience: number
  #sweepAt = 0

  constructor(answers: Answers, vault: Pick<Vault, 'seal' | 'open'>, clock: Clock, patience = PATIENCE) {
    this.#answers = answers
    this.#vault = vault
    this.#clock = clock
    this.#patience = patience
  }

  /**
   * Null for the first request of that id, whose caller then must `keep` or `drop`; else what was kept of the first.
   * `until`, milliseconds since the epoch: no repeat of it can come later. Throws `Replayed` when it is not known what
   * became of the first.
   */
  async claim(id: string, until: number): Promise<Uint8Array | null> {
    await this.#sweep()
    const end = performance.now() + this.#patience
    do {
      if (await this.#answers.claimAnswer(id, until + CLOCKS_APART_MAX)) return null
      const sealed = await this.#answers.answer(id)
      if (sealed !== null) return this.#vault.open(purpose(id), sealed)
      await setTimeout(LOOK_PERIOD)
    } while (performance.now() < end)
    throw new HufuError(
      'Replayed',
      'expected a new request, received one that was begun before, and whose end is not known',
    )
  }

  /** Not empty. */
  async keep(id: string, answer: Uint8Array): Promise<void> {
    await this.#answers.keepAnswer(id, await this.#vault.seal(purpose(id), answer))
  }

  /** The first request changed nothing: a repeat may try again. */
  drop(id: string): Promise<void> {
    return this.#answers.dropAnswer(id)
  }

  async #sweep(): Promise<void> {
    const now = this.#clock()
    if (now < this.#sweepAt) return
    this.#sweepAt = now + SWEEP_PERIOD
    await this.#answers.dropAnswersBefore(now)
  }
}

const purpose = (id: string): string => `answer ${id}`
