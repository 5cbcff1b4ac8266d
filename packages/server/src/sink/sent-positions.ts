import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The index of the first record of each log that a sink was not handed yet, kept in one file of the sink's own. */
export class SentPositions {
  readonly #file: string
  #next: Readonly<Record<string, number>>

  private constructor(file: string, next: Readonly<Record<string, number>>) {
    this.#file = file
    this.#next = next
  }

  /** A file that is not there, or not whole, stands for a sink that has nothing: it is sent everything, again if need be. */
  static async open(folder: string, sink: string): Promise<SentPositions> {
    const file = join(folder, `${createHash('sha256').update(sink).digest('hex').slice(0, 16)}.json`)
    return new SentPositions(file, await readFile(file, 'utf8').then(parse, () => ({})))
  }

  next(log: number): number {
    return this.#next[log] ?? 0
  }

  async keep(log: number, next: number): Promise<void> {
    this.#next = { ...this.#next, [log]: next }
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
    const file = await open(`${this.#file}.new`, 'w', 0o600)
    try {
      await file.writeFile(JSON.stringify(this.#next))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${this.#file}.new`, this.#file)
  }
}

function parse(text: string): Readonly<Record<string, number>> {
  try {
    const entries = Object.entries(JSON.parse(text)).filter(([, next]) => Number.isSafeInteger(next))
    return Object.fromEntries(entries) as Record<string, number>
  } catch {
    return {}
  }
}
