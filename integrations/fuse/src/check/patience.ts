import { setTimeout } from 'node:timers/promises'

/** What seems wrong while a mount may be changing it is wrong only if it stays so, for 8 seconds; once something was, for a tenth. */
const [TRIES, TRIES_MORE, FIRST_PAUSE_MILLISECONDS] = [13, 6, 2]

/** How long what seems wrong is looked at again. */
export class Patience {
  readonly #isServed: () => boolean
  #tries = TRIES

  /** `isServed`: whether a mount may be changing the volume, or was. */
  constructor(isServed: () => boolean) {
    this.#isServed = isServed
  }

  /** Whether it is fine, now or later. */
  async settles(fine: () => Promise<boolean>): Promise<boolean> {
    if (await fine()) return true
    if (!this.#isServed()) return false
    const tries = this.#tries
    for (let i = 1; i < tries; i++) {
      await setTimeout(FIRST_PAUSE_MILLISECONDS * 2 ** (i - 1))
      if (await fine()) return true
    }
    this.#tries = TRIES_MORE
    return false
  }
}
