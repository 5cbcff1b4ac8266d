import { isHufuError } from '@hufu/wire'
import type { FieldDef } from 'pg'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { CatalogueChanged } from '../cell/read-error.ts'
import type { RawRow } from '../cell/read-rows.ts'
import { writeValues } from '../cell/write-values.ts'
import type { Plan } from '../plan/plan.ts'
import { asError, isGuardError, isOutdated } from './failures.ts'
import { ignore, intercept, type OwnHandlers, ownHandlers, silent } from './handlers.ts'
import type { Identity } from './identity.ts'
import { isQuiet, Reading } from './reading.ts'
import { checkCount, putPlanned, sender, sendGuard } from './sending.ts'
import type { Connection, Submittable } from './submittable.ts'
import type { Vault } from './vault.ts'
import { WaitingLine } from './waiting-line.ts'

/** How often a query is sent again because columns were moved under it. */
const TRIES = 5

/**
 * Stands between a query and its connection: what is sent has passed the plan, and what comes back is
 * opened before the query sees it. The query keeps its own parsers, row mode, callbacks and events.
 *
 * submit -> plan (or refuse) -> seal values -> send -> rows wait -> open -> hand over, in order.
 */
export class Gate {
  readonly #query: Submittable
  readonly #vault: Vault
  readonly #identity: Identity
  /** Sends the query once more, when it was planned on what has changed meanwhile; null when it cannot be. */
  readonly #again: (() => void) | null
  #tries = TRIES
  readonly #own: OwnHandlers
  readonly #line: WaitingLine
  #original: { text: string | undefined; values: Submittable['values'] } | null = null
  #reading: Reading | null = null
  #guarding = false
  /** Why its results can't be read: thrown when the server does not refuse the statement itself. */
  #doomed: CatalogueChanged | null = null
  /** A read that is sent again has still to hear that the server is ready after the first time. */
  #skipReady = false
  #finished = false
  #installed = false

  constructor(query: Submittable, vault: Vault, identity: Identity, again: (() => void) | null) {
    this.#query = query
    this.#vault = vault
    this.#identity = identity
    this.#again = again
    this.#own = ownHandlers(query)
    this.#line = new WaitingLine({
      open: (rows) => this.#open(rows),
      fail: (error) => this.#fail(asError(error), null),
      isOver: () => this.#finished,
    })
    query.submit = (connection) => this.#submit(connection)
  }

  /** A statement that has nothing to do with encrypted columns: only what it returns is looked at. */
  #watch(catalogue: Catalogue): void {
    this.#query.handleRowDescription = (message) => {
      if (isQuiet(message.fields, catalogue)) return this.#own.handleRowDescription(message)
      this.#install()
      this.#query.handleRowDescription?.(message)
    }
  }

  #install(): void {
    if (this.#installed) return
    this.#installed = true
    intercept(this.#query, {
      line: this.#line,
      describe: (fields) => this.#describe(fields),
      row: (row) => this.#row(row),
      fail: (error, connection) => this.#fail(error, connection),
      isReady: () => this.#isReady(),
      isCompleted: () => this.#isCompleted(),
    })
  }

  #submit(connection: Connection): Error | null | undefined {
    const { catalogue } = this.#vault
    if (catalogue === null) return this.#sendWhen(connection, () => this.#vault.ready())
    if (catalogue.outdatedFor(sender(this.#query).text ?? ''))
      return this.#sendWhen(connection, () => this.#vault.reload())
    try {
      return this.#send(connection, catalogue)
    } catch (error) {
      if (isHufuError(error, 'InvalidState')) return this.#sendWhen(connection, () => this.#vault.reload())
      return asError(error)
    }
  }

  /** Sends as soon as the catalogue is there; this connection waits, others do not. */
  #sendWhen(connection: Connection, load: () => Promise<Catalogue>): null {
    this.#install()
    this.#sendLater(
      connection,
      load().then((catalogue) => (this.#finished ? null : this.#send(connection, catalogue))),
    )
    return null
  }

  #sendLater(connection: Connection, sent: Promise<Error | null | undefined>): void {
    sent.then((error) => error && this.#refuse(error, connection)).catch((error) => this.#refuse(error, connection))
  }

  /** Plans and sends; a plan that seals values sends when its keys are there. */
  #send(connection: Connection, catalogue: Catalogue): Error | null | undefined {
    const { text, values } = sender(this.#query)
    const plan = this.#vault.plan(text ?? '', catalogue)
    this.#reading = new Reading(plan, catalogue)
    this.#original = { text, values }
    if (!plan.concerned && plan.guarded.length === 0) return this.#sendPlain(connection, plan, catalogue)
    this.#install()
    if (plan.uses.length === 0) return this.#sendPlanned(connection, plan, values ?? [], catalogue)
    checkCount(plan, values ?? [])
    const written = writeValues(plan, values ?? [], this.#identity.keyring(this.#vault), catalogue)
    this.#sendLater(
      connection,
      written.then((cells) => (this.#finished ? null : this.#sendPlanned(connection, plan, cells, catalogue))),
    )
    return null
  }

  #sendPlain(connection: Connection, plan: Plan, catalogue: Catalogue): Error | null | undefined {
    if (plan.statements.some(({ principal }) => principal !== undefined)) this.#install()
    if (!this.#installed) this.#watch(catalogue)
    return this.#own.submit(connection)
  }

  #sendPlanned(
    connection: Connection,
    plan: Plan,
    values: unknown[],
    { generation }: Catalogue,
  ): Error | null | undefined {
    putPlanned(this.#query, plan, values, generation)
    this.#guarding = plan.guarded.length > 0
    if (this.#guarding) sendGuard(this.#query, connection, plan, generation)
    return this.#own.submit(connection)
  }

  /** The statement was not sent: the query gets the error, and the connection goes on with the next one. */
  #refuse(error: unknown, connection: Connection): void {
    if (this.#finished) return
    this.#fail(asError(error), connection)
    connection.sync()
  }

  #describe(fields: FieldDef[]): void {
    if (this.#guarding) return
    const changed = this.#tryDescribe(fields)
    if (changed === null) return
    this.#line.busy = true
    this.#replan()
      .then((same) => {
        this.#doomed = same ? this.#tryDescribe(fields) : changed
      })
      .catch((failure) => this.#fail(asError(failure), null))
      .finally(() => this.#line.go())
  }

  /** Null, or that the result is not what the statement was planned for. */
  #tryDescribe(fields: FieldDef[]): CatalogueChanged | null {
    if (this.#reading === null) throw new TypeError('expected a plan before any answer')
    try {
      this.#own.handleRowDescription({ fields: this.#reading.describe(fields) })
      return null
    } catch (error) {
      if (error instanceof CatalogueChanged) return error
      throw error
    }
  }

  /** The table has changed since: good enough when the new plan would have sent the same text. */
  async #replan(): Promise<boolean> {
    const catalogue = await this.#vault.reload()
    const plan = this.#vault.plan(this.#original?.text ?? '', catalogue)
    if (plan.text !== this.#reading?.plan.text) return false
    this.#reading.replan(plan, catalogue)
    return true
  }

  #row(row: RawRow): void {
    if (this.#guarding || this.#doomed !== null) return
    if (this.#line.busy || this.#reading?.isPlain === false) this.#line.row(row)
    else if (!this.#finished) this.#own.handleDataRow({ fields: row })
  }

  #handOver(rows: readonly RawRow[]): void {
    for (const row of rows) if (!this.#finished) this.#own.handleDataRow({ fields: row })
  }

  /** Opens rows and hands them over; everything behind them waits. */
  #open(rows: readonly RawRow[]): void {
    const reading = this.#reading
    if (this.#doomed !== null) return
    if (reading === null || reading.isPlain) {
      this.#handOver(rows)
      return
    }
    this.#line.busy = true
    reading
      .open(rows, this.#identity.keyring(this.#vault))
      .then((opened) => this.#handOver(opened))
      .catch((error) => this.#fail(asError(error), null))
      .finally(() => this.#line.go())
  }

  /** The query sees one error and nothing after it. */
  #fail(error: unknown, connection: Connection | null): void {
    if (this.#finished) return
    if (isOutdated(error) && this.#sendAgain(error)) return
    this.#finished = true
    if (error instanceof CatalogueChanged || isOutdated(error)) this.#vault.reload().catch(ignore)
    const known = isGuardError(error) ? new CatalogueChanged('a column was moved meanwhile') : error
    this.#own.handleError(known, connection ?? silent)
  }

  /**
   * The statement failed as one does that was planned on what has changed meanwhile: when a new plan is another, the
   * query is sent once more. False inside of a transaction, which has failed, and for what cannot be sent twice.
   */
  #sendAgain(error: unknown): boolean {
    const [again, original, plan] = [this.#again, this.#original, this.#reading?.plan]
    const repeatable = again !== null && original !== null && plan?.statements.length === 1
    if (!repeatable || this.#identity.inTransaction || this.#tries-- === 0) return false
    this.#guarding = false
    this.#doomed = null
    this.#vault
      .reload()
      .then((catalogue) => {
        const known = isGuardError(error) || error instanceof CatalogueChanged
        const changed = known || this.#vault.plan(original.text ?? '', catalogue).text !== plan.text
        if (!changed) return this.#fail(error, null)
        if (original.text !== undefined) this.#query.text = original.text
        this.#query.values = original.values ?? null
        again()
      })
      .catch((failure) => this.#fail(asError(failure), null))
    return true
  }

  #isReady(): boolean {
    const skipped = this.#skipReady
    this.#skipReady = false
    return !skipped
  }

  /** False for the guard's own completion. */
  #isCompleted(): boolean {
    if (this.#doomed !== null) {
      if (this.#reading?.plan.statements[0]?.reads !== true || !this.#sendAgain(this.#doomed)) throw this.#doomed
      this.#skipReady = true
      return false
    }
    if (this.#guarding) {
      this.#guarding = false
      return false
    }
    const principal = this.#reading?.statement?.principal
    if (principal !== undefined) this.#identity.set(principal)
    this.#reading?.next()
    return true
  }
}
