import { type FileHandle, open } from 'node:fs/promises'

/**
 * Makes commits durable off the event loop. SQLite in WAL mode with `synchronous = NORMAL` appends each commit to
 * the log without waiting for the disk; one fdatasync of the log then makes durable everything before it. Those
 * who ask while one is under way share the next.
 */
export class WalSync {
  readonly #log: FileHandle
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null
  #failure: Error | null = null

  private constructor(log: FileHandle) {
    this.#log = log
  }

  /** The log's file must exist, and must stay the same one: the database is open until `close`. */
  static async open(path: string): Promise<WalSync> {
    return new WalSync(await open(path, 'r+'))
  }

  /** Resolves when all that was committed before the call is on the disk. After one failure it only throws. */
  durable(): Promise<void> {
    this.#next ??= this.#after(this.#running)
    return this.#next
  }

  async close(): Promise<void> {
    await this.#running.catch(() => {})
    await this.#log.close()
  }

  async #after(previous: Promise<void>): Promise<void> {
    await previous.catch(() => {})
    this.#running = this.#next ?? Promise.resolve()
    this.#next = null
    // A failed fdatasync may have dropped the pages it could not write: nothing after it can be trusted.
    if (this.#failure !== null) throw this.#failure
    await this.#log.datasync().catch((error: Error) => {
      this.#failure = error
      throw error
    })
  }
}
