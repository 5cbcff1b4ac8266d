const WIDTH = 30
const EVERY = 100

/** What is counted. */
export type Unit = 'bytes' | 'objects'

/** A bar on the terminal's error stream while something long goes on; nothing where stderr is no terminal. */
export class Progress {
  readonly #label: string
  readonly #total: number | null
  readonly #unit: Unit
  readonly #started = performance.now()
  #drawn = 0

  constructor(label: string, total: number | null, unit: Unit = 'bytes') {
    this.#label = label
    this.#total = total
    this.#unit = unit
  }

  readonly at = (done: number): void => {
    const now = performance.now()
    if (!process.stderr.isTTY || now - this.#drawn < EVERY) return
    this.#drawn = now
    const speed = this.#amount((done / (now - this.#started)) * 1000)
    process.stderr.write(`\r${this.#label} ${this.#bar(done)} ${speed}/s\x1b[K`)
  }

  end(): void {
    if (this.#drawn > 0) process.stderr.write('\r\x1b[K')
  }

  #bar(done: number): string {
    if (this.#total === null || this.#total === 0) return this.#amount(done)
    const share = Math.min(1, done / this.#total)
    return `[${'#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH)}] ${Math.floor(share * 100)}%`
  }

  #amount(count: number): string {
    return this.#unit === 'bytes' ? `${(count / 2 ** 20).toFixed(0)} MiB` : `${count.toFixed(0)} ${this.#unit}`
  }
}
