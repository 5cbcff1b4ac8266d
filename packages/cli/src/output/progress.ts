const WIDTH = 30
const EVERY = 100

/** A bar on the terminal's error stream while something long goes on; nothing where stderr is no terminal. */
export class Progress {
  readonly #label: string
  readonly #total: number | null
  readonly #started = performance.now()
  #drawn = 0

  constructor(label: string, total: number | null) {
    this.#label = label
    this.#total = total
  }

  readonly at = (bytes: number): void => {
    const now = performance.now()
    if (!process.stderr.isTTY || now - this.#drawn < EVERY) return
    this.#drawn = now
    process.stderr.write(`\r${this.#label} ${this.#bar(bytes)} ${speed(bytes, now - this.#started)}\x1b[K`)
  }

  end(): void {
    if (this.#drawn > 0) process.stderr.write('\r\x1b[K')
  }

  #bar(bytes: number): string {
    if (this.#total === null || this.#total === 0) return mebibytes(bytes)
    const share = Math.min(1, bytes / this.#total)
    return `[${'#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH)}] ${Math.floor(share * 100)}%`
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`

const speed = (bytes: number, milliseconds: number): string => `${mebibytes((bytes / milliseconds) * 1000)}/s`
