import { oneFailed } from '../output/one-failed.ts'
import { Progress } from '../output/progress.ts'

/** Objects or files that are asked about or written at once. */
const AT_ONCE = 8

/** What became of objects or files so far. */
export class Tally {
  readonly counts = { rewrapped: 0, left: 0, failed: 0 }
  readonly #progress: Progress

  constructor(place: string) {
    this.#progress = new Progress(`rewrap ${place}`, null, 'objects')
  }

  /** Rejects only when all of it was called off. */
  async count(key: string, rewrapping: Promise<boolean>, signal: AbortSignal): Promise<void> {
    try {
      this.counts[(await rewrapping) ? 'rewrapped' : 'left']++
    } catch (error) {
      signal.throwIfAborted()
      this.counts.failed++
      oneFailed(key, error)
    }
    this.#progress.at(this.counts.rewrapped + this.counts.left + this.counts.failed)
  }

  end(): void {
    this.#progress.end()
  }
}

/** Takes from the source as long as there is something, several at once. The first failure ends it. */
export async function eachOf<T>(
  source: AsyncGenerator<T, void, undefined>,
  use: (one: T) => Promise<void>,
): Promise<void> {
  const work = async (): Promise<void> => {
    for (let next = await source.next(); next.done !== true; next = await source.next()) await use(next.value)
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } finally {
    await source.return()
  }
}
