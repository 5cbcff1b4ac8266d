import type { FieldDef } from 'pg'
import { CatalogueChanged } from '../cell/read-error.ts'
import type { RawRow } from '../cell/read-rows.ts'
import { asError, isGuardError, isOutdated } from './failures.ts'
import { ignore, silent } from './handlers.ts'
import type { Passage } from './passage.ts'
import { Retry } from './retry.ts'
import type { Connection } from './submittable.ts'
import { WaitingLine } from './waiting-line.ts'

/**
 * What the server answers to a query, on its way there: rows wait until they are opened, and everything behind them
 * waits too. The query sees what plain pg would have told it, in the same order, or one error and nothing after it.
 */
export class Answer {
  readonly #passage: Passage
  readonly #line: WaitingLine
  readonly #retry: Retry
  /** A read that is sent again has still to hear that the server is ready after the first time. */
  #skipReady = false

  constructor(passage: Passage) {
    this.#passage = passage
    this.#line = new WaitingLine({
      open: (rows) => this.#open(rows),
      fail: (error) => this.#fail(asError(error), null),
      isOver: () => passage.finished,
    })
    this.#retry = new Retry(passage, (error) => this.#fail(error, null))
  }

  describe(fields: FieldDef[]): void {
    this.#line.push(() => this.#describe(fields))
  }

  row(row: RawRow): void {
    const { guarding, doomed, reading, finished, own, query } = this.#passage
    if (guarding || doomed !== null) return
    if (this.#line.busy || reading?.isPlain === false) this.#line.row(row)
    else if (!finished) own.handleDataRow.call(query, { fields: row })
  }

  suspend(connection: Connection): void {
    this.#line.push(() => this.#passage.own.handlePortalSuspended.call(this.#passage.query, connection))
  }

  empty(connection: Connection): void {
    this.#line.push(() => this.#passage.own.handleEmptyQuery.call(this.#passage.query, connection))
  }

  complete(message: unknown, connection: Connection): void {
    this.#line.push(() => {
      const { own, query } = this.#passage
      if (this.#isCompleted()) own.handleCommandComplete.call(query, message, connection)
    })
  }

  ready(connection: Connection): void {
    this.#line.push(() => {
      const skipped = this.#skipReady
      this.#skipReady = false
      if (!skipped) this.#passage.own.handleReadyForQuery.call(this.#passage.query, connection)
    })
  }

  error(error: unknown, connection: Connection): void {
    this.#line.push(() => this.#fail(error, connection))
  }

  /** The statement was not sent: the query gets the error, and the connection goes on with the next one. */
  refuse(error: unknown, connection: Connection): void {
    if (this.#passage.finished) return
    this.#fail(asError(error), connection)
    connection.sync()
  }

  #describe(fields: FieldDef[]): void {
    if (this.#passage.guarding) return
    const changed = this.#tryDescribe(fields)
    if (changed === null) return
    this.#line.busy = true
    this.#retry
      .replan()
      .then((same) => {
        this.#passage.doomed = same ? this.#tryDescribe(fields) : changed
      })
      .catch((failure) => this.#fail(asError(failure), null))
      .finally(() => this.#line.go())
  }

  /** Null, or that the result is not what the statement was planned for. */
  #tryDescribe(fields: FieldDef[]): CatalogueChanged | null {
    const { reading, own, query } = this.#passage
    if (reading === null) throw new TypeError('expected a plan before any answer')
    try {
      own.handleRowDescription.call(query, { fields: reading.describe(fields) })
      return null
    } catch (error) {
      if (error instanceof CatalogueChanged) return error
      throw error
    }
  }

  /** Opens rows and hands them over, at once when their keys are held. */
  #open(rows: readonly RawRow[]): void {
    const { doomed, reading, way } = this.#passage
    if (doomed !== null) return
    const opened = reading === null ? rows : reading.open(rows, way.identity.keyring(way.vault))
    if (opened instanceof Promise) this.#handOverLater(opened)
    else this.#handOver(opened)
  }

  #handOverLater(opened: Promise<readonly RawRow[]>): void {
    this.#line.busy = true
    opened
      .then((later) => this.#handOver(later))
      .catch((error) => this.#fail(asError(error), null))
      .finally(() => this.#line.go())
  }

  #handOver(rows: readonly RawRow[]): void {
    const { own, query } = this.#passage
    for (const row of rows) if (!this.#passage.finished) own.handleDataRow.call(query, { fields: row })
  }

  #fail(error: unknown, connection: Connection | null): void {
    const { finished, way, own, query } = this.#passage
    if (finished || (isOutdated(error) && this.#retry.sendAgain(error))) return
    this.#passage.finished = true
    if (error instanceof CatalogueChanged || isOutdated(error)) way.vault.reload().catch(ignore)
    const known = isGuardError(error) ? new CatalogueChanged('a column was moved meanwhile') : error
    own.handleError.call(query, known, connection ?? silent)
  }

  /** False for the guard's own completion, and for that of a read that is sent again. */
  #isCompleted(): boolean {
    const { doomed, guarding, reading, way } = this.#passage
    if (doomed !== null) return this.#leaveDoomed(doomed)
    this.#passage.guarding = false
    if (guarding) return false
    const principal = reading?.statement?.principal
    if (principal !== undefined) way.identity.set(principal)
    reading?.next()
    return true
  }

  #leaveDoomed(doomed: CatalogueChanged): false {
    const reads = this.#passage.reading?.plan.statements[0]?.reads === true
    if (!reads || !this.#retry.sendAgain(doomed)) throw doomed
    this.#skipReady = true
    return false
  }
}
