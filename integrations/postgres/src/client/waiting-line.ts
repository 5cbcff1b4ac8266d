import type { RawRow } from '../cell/read-rows.ts'

/** Rows that are opened together: more hold memory, fewer cost calls. */
const ROWS_AT_ONCE = 1000

export interface LineWork {
  /** Opens rows and hands them over; sets `busy` when that takes until later. */
  open(rows: readonly RawRow[]): void
  fail(error: unknown): void
  /** True when nobody listens any more. */
  isOver(): boolean
}

/** What the server has answered, in its order: rows, and whatever is told after them. */
export class WaitingLine {
  /** While something is being done that everything behind it waits for; then `go` is called. */
  busy = false
  readonly #work: LineWork
  #rows: RawRow[] = []
  #later: (() => void)[] = []

  constructor(work: LineWork) {
    this.#work = work
  }

  row(row: RawRow): void {
    this.#rows.push(row)
    if (this.#rows.length >= ROWS_AT_ONCE) this.push(() => {})
  }

  /** Rows first, then this; at once when nothing waits. */
  push(handler: () => void): void {
    if (this.#rows.length > 0) {
      const rows = this.#rows
      this.#rows = []
      this.#later.push(() => this.#work.open(rows))
    }
    this.#later.push(handler)
    if (!this.busy) this.go()
  }

  go(): void {
    this.busy = false
    for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) {
      if (this.#work.isOver()) continue
      try {
        next()
      } catch (error) {
        this.#work.fail(error)
      }
      if (this.busy) return
    }
  }
}
