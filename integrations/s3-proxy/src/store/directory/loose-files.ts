import type { Files } from './files.ts'
import type { IndexFile } from './index-file.ts'

/** Files that no object and no part names: noted before they are written or let go, removed here. */
export class LooseFiles {
  readonly #index: IndexFile
  readonly #files: Files
  /** How many are writing or reading a file now: it stays while anybody does. */
  readonly #busy = new Map<string, number>()

  constructor(index: IndexFile, files: Files) {
    this.#index = index
    this.#files = files
  }

  /** Notes new files, runs the work that writes and adopts them, and removes those that it did not adopt. */
  async withNew<T>(count: number, work: (names: readonly string[]) => Promise<T>): Promise<T> {
    const names = Array.from({ length: count }, () => this.#files.newName())
    const insert = this.#index.database.prepare('INSERT INTO loose (file) VALUES (?)')
    this.#index.now(() => {
      for (const name of names) insert.run(name)
    })
    const release = this.hold(names)
    try {
      return await work(names)
    } finally {
      await release()
    }
  }

  /** Keeps the files until the returned function is called, which may be more than once. */
  hold(names: readonly string[]): () => Promise<void> {
    for (const name of names) this.#busy.set(name, (this.#busy.get(name) ?? 0) + 1)
    let held = true
    return async () => {
      if (!held) return
      held = false
      for (const name of names) this.#letGo(name)
      await this.sweep()
    }
  }

  /** Removes all loose files but those in use. What can't be removed now stays for the next time. */
  async sweep(): Promise<void> {
    try {
      for (const file of await this.#durablyLoose()) {
        await this.#files.remove(file)
        this.#index.now(() => this.#index.database.prepare('DELETE FROM loose WHERE file = ?').run(file))
      }
    } catch {
      // The file is still noted as loose, and harmless.
    }
  }

  /** A file must not go before the commit that let it go is on disk. */
  async #durablyLoose(): Promise<string[]> {
    const rows = this.#index.database.prepare<[], { file: string }>('SELECT file FROM loose')
    const files = rows.all().flatMap(({ file }) => (this.#busy.has(file) ? [] : [file]))
    if (files.length > 0) await this.#index.commit(() => {})
    return files.filter((file) => !this.#busy.has(file))
  }

  #letGo(name: string): void {
    const others = (this.#busy.get(name) ?? 1) - 1
    if (others === 0) this.#busy.delete(name)
    else this.#busy.set(name, others)
  }
}
