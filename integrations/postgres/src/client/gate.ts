import { isHufuError } from '@hufu/wire'
import type { FieldDef } from 'pg'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { CatalogueChanged } from '../cell/read-error.ts'
import { type RawRow, readRows } from '../cell/read-rows.ts'
import { BYTEA, plainField, type ResultFields, resultFields } from '../cell/result-fields.ts'
import { writeValues } from '../cell/write-values.ts'
import type { Plan, StatementPlan } from '../plan/plan.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import { GUARD_ERROR, guardText } from './guard.ts'
import type { Identity } from './identity.ts'
import type { Connection, Submittable } from './submittable.ts'
import type { Vault } from './vault.ts'

/** Rows that are opened together: more hold memory, fewer cost calls. */
const ROWS_AT_ONCE = 1000

/** How often a query is sent again because columns were moved under it. */
const TRIES = 5

type Handler = () => void

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
  readonly #inner: Required<Pick<Submittable, 'submit' | 'handleRowDescription' | 'handleDataRow' | 'handleError'>>
  #original: { text: string | undefined; values: Submittable['values'] } | null = null
  #catalogue: Catalogue | null = null
  #plan: Plan | null = null
  #statement = 0
  #guarding = false
  /** Why its results can't be read: thrown when the server does not refuse the statement itself. */
  #doomed: CatalogueChanged | null = null
  /** A read that is sent again has still to hear that the server is ready after the first time. */
  #skipReady = false
  #fields: ResultFields | null = null
  #rows: RawRow[] = []
  #later: Handler[] = []
  #working = false
  #finished = false
  #installed = false

  constructor(query: Submittable, vault: Vault, identity: Identity, again: (() => void) | null) {
    this.#query = query
    this.#vault = vault
    this.#identity = identity
    this.#again = again
    this.#inner = {
      submit: query.submit.bind(query),
      handleRowDescription: query.handleRowDescription?.bind(query) ?? ignore,
      handleDataRow: query.handleDataRow?.bind(query) ?? ignore,
      handleError: query.handleError?.bind(query) ?? ignore,
    }
    query.submit = (connection) => this.#submit(connection)
  }

  /** A statement that has nothing to do with encrypted columns: only what it returns is looked at. */
  #watch(catalogue: Catalogue): void {
    this.#query.handleRowDescription = (message) => {
      if (isQuiet(message.fields, catalogue)) return this.#inner.handleRowDescription(message)
      this.#install()
      this.#query.handleRowDescription?.(message)
    }
  }

  /** From here on everything that the server answers passes here first. */
  #install(): void {
    if (this.#installed) return
    this.#installed = true
    const query = this.#query
    query.handleRowDescription = (message) => this.#inOrder(() => this.#describe(message.fields))
    query.handleDataRow = (message) => this.#row(message.fields)
    query.handleError = (error, connection) => this.#inOrder(() => this.#fail(error, connection))
    const ready = query.handleReadyForQuery?.bind(query)
    query.handleReadyForQuery = (connection) =>
      this.#inOrder(() => {
        if (this.#skipReady) this.#skipReady = false
        else ready?.(connection)
      })
    for (const name of ['handlePortalSuspended', 'handleEmptyQuery'] as const) {
      const handle = query[name]?.bind(query)
      query[name] = (connection) => this.#inOrder(() => handle?.(connection))
    }
    const complete = query.handleCommandComplete?.bind(query)
    query.handleCommandComplete = (message, connection) =>
      this.#inOrder(() => {
        if (this.#completed()) complete?.(message, connection)
      })
  }

  #submit(connection: Connection): Error | null | undefined {
    const { catalogue } = this.#vault
    const target = this.#target
    if (catalogue === null) return this.#sendWhen(connection, () => this.#vault.ready())
    if (catalogue.outdatedFor(target.text ?? '')) return this.#sendWhen(connection, () => this.#vault.reload())
    try {
      return this.#send(connection, catalogue)
    } catch (error) {
      if (isHufuError(error, 'InvalidState')) return this.#sendWhen(connection, () => this.#vault.reload())
      return asError(error)
    }
  }

  /** Who has the text and the values: a query stream sends through a cursor. */
  get #target(): Submittable {
    return this.#query.cursor ?? this.#query
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
    const target = this.#target
    const plan = this.#vault.plan(target.text ?? '', catalogue)
    this.#plan = plan
    this.#catalogue = catalogue
    this.#original = { text: target.text, values: target.values }
    if (!plan.concerned && plan.guarded.length === 0) {
      if (plan.statements.some(({ principal }) => principal !== undefined)) this.#install()
      if (!this.#installed) this.#watch(catalogue)
      return this.#inner.submit(connection)
    }
    this.#install()
    const values = target.values ?? []
    if (plan.uses.length === 0) return this.#sendPlanned(connection, plan, values)
    checkCount(plan, values)
    const written = writeValues(plan, values, this.#identity.keyring(this.#vault), catalogue)
    this.#sendLater(
      connection,
      written.then((cells) => (this.#finished ? null : this.#sendPlanned(connection, plan, cells))),
    )
    return null
  }

  /** A named statement is another one where the text is another, so that it gets another name. */
  #sendPlanned(connection: Connection, plan: Plan, values: unknown[]): Error | null | undefined {
    const target = this.#target
    if (target.name && plan.text !== target.text) target.name = `${target.name} hufu ${this.#catalogue?.generation}`
    target.text = plan.text
    if (target.values) target.values = values
    if (plan.guarded.length > 0) this.#sendGuard(connection, plan, values.length > 0 || target !== this.#query)
    return this.#inner.submit(connection)
  }

  #sendGuard(connection: Connection, plan: Plan, extended: boolean): void {
    const guard = guardText(plan, this.#catalogue?.generation ?? 0)
    this.#guarding = true
    if (!extended && !this.#query.name) {
      this.#query.text = `${guard}; ${plan.text}`
      return
    }
    connection.parse({ text: guard })
    connection.bind({ values: [] })
    connection.execute({})
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
    this.#working = true
    this.#replan()
      .then((same) => {
        this.#doomed = same ? this.#tryDescribe(fields) : changed
      })
      .catch((failure) => this.#fail(asError(failure), null))
      .finally(() => this.#work())
  }

  /** Null, or that the result is not what the statement was planned for. */
  #tryDescribe(fields: FieldDef[]): CatalogueChanged | null {
    try {
      this.#describeBy(fields)
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
    if (plan.text !== this.#plan?.text) return false
    this.#plan = plan
    this.#catalogue = catalogue
    return true
  }

  #describeBy(fields: FieldDef[]): void {
    const catalogue = this.#catalogue
    if (catalogue === null) throw new TypeError('expected a catalogue before any answer')
    const outputs = this.#plan?.concerned === true ? (this.#statementPlan?.outputs ?? null) : null
    const found = resultFields(fields, outputs, catalogue)
    this.#fields = found.cells.length + found.bytes.length + found.hidden.size > 0 ? found : null
    const plain = fields.map((field, index) => {
      const cell = found.cells.find((one) => one.index === index)
      return cell === undefined ? field : plainField(field, cell)
    })
    this.#inner.handleRowDescription({ fields: shown(plain, found) })
  }

  get #statementPlan(): StatementPlan | undefined {
    return this.#plan?.statements[this.#statement]
  }

  #row(row: RawRow): void {
    if (this.#guarding || this.#doomed !== null) return
    if (this.#fields === null && !this.#working) {
      if (!this.#finished) this.#inner.handleDataRow({ fields: row })
      return
    }
    this.#rows.push(row)
    if (this.#rows.length >= ROWS_AT_ONCE) this.#inOrder(() => {})
  }

  /** Rows first, then this; at once when nothing waits. */
  #inOrder(handler: Handler): void {
    const rows = this.#rows
    this.#rows = []
    if (rows.length > 0) this.#later.push(() => this.#open(rows))
    this.#later.push(handler)
    if (!this.#working) this.#work()
  }

  #work(): void {
    this.#working = false
    for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) {
      if (this.#finished) continue
      try {
        next()
      } catch (error) {
        this.#fail(asError(error), null)
      }
      if (this.#working) return
    }
  }

  /** Opens rows and hands them over; everything behind them waits. */
  #open(rows: readonly RawRow[]): void {
    if (this.#doomed !== null) return
    const { fields: known, catalogue } = { fields: this.#fields, catalogue: this.#catalogue }
    const handOver = () => {
      for (const row of rows)
        if (!this.#finished) this.#inner.handleDataRow({ fields: known === null ? row : shown(row, known) })
    }
    if (known === null || catalogue === null) {
      handOver()
      return
    }
    this.#working = true
    readRows(rows, known, this.#identity.keyring(this.#vault), catalogue)
      .then(handOver)
      .catch((error) => this.#fail(asError(error), null))
      .finally(() => this.#work())
  }

  /** The query sees one error and nothing after it. */
  #fail(error: unknown, connection: Connection | null): void {
    if (this.#finished) return
    if (isOutdated(error) && this.#sendAgain(error)) return
    this.#finished = true
    if (error instanceof CatalogueChanged || isOutdated(error)) this.#vault.reload().catch(ignore)
    const known = isGuardError(error) ? new CatalogueChanged('a column was moved meanwhile') : error
    this.#inner.handleError(known, connection ?? silent)
  }

  /**
   * The statement failed as one does that was planned on what has changed meanwhile: when a new plan is another, the
   * query is sent once more. False inside of a transaction, which has failed, and for what cannot be sent twice.
   */
  #sendAgain(error: unknown): boolean {
    const [again, original, plan] = [this.#again, this.#original, this.#plan]
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

  /** False for the guard's own completion. */
  #completed(): boolean {
    if (this.#doomed !== null) {
      if (this.#plan?.statements[0]?.reads !== true || !this.#sendAgain(this.#doomed)) throw this.#doomed
      this.#skipReady = true
      return false
    }
    if (this.#guarding) {
      this.#guarding = false
      return false
    }
    const principal = this.#statementPlan?.principal
    if (principal !== undefined) this.#identity.set(principal)
    this.#statement++
    this.#fields = null
    return true
  }
}

/** For a query that ends its portal on an error: the server has sent everything already. */
const silent: Connection = { sync() {}, parse() {}, bind() {}, execute() {} }

const ignore = (): void => {}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const isGuardError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === GUARD_ERROR

/**
 * SQLSTATEs with which a statement fails whose column was encrypted when it was planned and no longer is, or the other
 * way round: undefined function, wrong type, bad text, undefined column, check violation.
 */
const OUTDATED = [GUARD_ERROR, '42883', '42804', '22P02', '42703', '23514', '42P10']

const isOutdated = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && OUTDATED.includes(String(error.code))

/** No field of a table with encrypted columns, and no bytes that might be a cell. */
const isQuiet = (fields: readonly FieldDef[], catalogue: Catalogue): boolean =>
  fields.every(({ dataTypeID, tableID }) => dataTypeID !== BYTEA && !catalogue.isSpecial(tableID))

/** What the application sees of a row or of its fields. */
const shown = <T>(items: T[], { hidden }: ResultFields): T[] =>
  hidden.size === 0 ? items : items.filter((_, index) => !hidden.has(index))

/** A missing value would leave a plaintext unsealed, or a parameter without its cell. */
function checkCount(plan: Plan, values: readonly unknown[]): void {
  const table = plan.uses[0]?.column.table ?? ''
  const construct = `${values.length} values for ${plan.parameters} parameters`
  if (values.length !== plan.parameters) throw new QueryRefused({ refusal: 'ParameterCount', table, construct })
}
