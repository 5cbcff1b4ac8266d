import { DecryptionError, refusalOf } from '@hufu/crypto'

/** Told why data was refused: for a log. Callers, and those who sent the data, get one `DecryptionError` for all. */
export type OnRefused = (reason: string) => void

/** Listens to what comes out of opening: a refusal is told, and thrown on as it was. */
export class Refusals {
  readonly #told = new WeakSet<DecryptionError>()
  readonly #onRefused: OnRefused

  constructor(onRefused: OnRefused = () => {}) {
    this.#onRefused = onRefused
  }

  async of<T>(opening: Promise<T>): Promise<T> {
    try {
      return await opening
    } catch (error) {
      throw this.#tell(error)
    }
  }

  within<T>(chunks: AsyncGenerator<T, void, undefined>): AsyncIterableIterator<T, void, undefined> {
    return {
      next: () => this.of(chunks.next()),
      return: () => chunks.return(),
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  #tell(error: unknown): unknown {
    if (error instanceof DecryptionError && !this.#told.has(error)) {
      this.#told.add(error)
      this.#onRefused(refusalOf(error))
    }
    return error
  }
}
