import { setTimeout } from 'node:timers/promises'

/** What seems wrong while a mount may be changing it is wrong only if it stays so, for 8 seconds; once something was, for a tenth. */
const [TRIES, TRIES_MORE, FIRST_PAUSE_MILLISECONDS] = [13, 6, 2]

/** How long what seems wrong is looked at again. */
export class Patience {
  readonly #served: boolean
  #tries: number

  /** `served`: whether a mount may be changing the volume. */
  constructor(served: boolean) {
    this.#served = served
    this.#tries = served ? TRIES : 1
  }

  /** Whether it is fine, now or later. */
  async settles(fine: () => Promise<boolean>): Promise<boolean> {
    const tries = this.#tries
    for (let i = 0; i < tries; i++) {
      if (i > 0) await setTimeout(FIRST_PAUSE_MILLISECONDS * 2 ** (i - 1))
      if (await fine()) return true
    }
    if (this.#served) this.#tries = TRIES_MORE
    return false
  }
}
