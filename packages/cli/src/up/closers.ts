/** What was opened, to be closed in the opposite order. */
export class Closers {
  readonly #closers: (() => Promise<void>)[] = []

  add<T extends { close(): Promise<void> }>(opened: T): T {
    this.#closers.push(() => opened.close())
    return opened
  }

  /** Closes all, whatever fails on the way, and then throws the first failure. */
  async close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.splice(0).reverse()) await close().catch((error) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
}
