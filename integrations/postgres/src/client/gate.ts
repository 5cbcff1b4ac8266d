import type { FieldDef } from 'pg'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { CatalogueChanged } from '../cell/read-error.ts'
import { type RawRow, readRows } from '../cell/read-rows.ts'
import { plainField, type ResultFields, resultFields } from '../cell/result-fields.ts'
import { writeValues } from '../cell/write-values.ts'
import type { Plan, StatementPlan } from '../plan/plan.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import type { Identity } from './identity.ts'
import type { Connection, Submittable } from './submittable.ts'
import type { Vault } from './vault.ts'

/** Rows that are opened together: more hold memory, fewer cost calls. */
const ROWS_AT_ONCE = 1000

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
  readonly #inner: Required<Pick<Submittable, 'submit' | 'handleRowDescription' | 'handleDataRow' | 'handleError'>>
  #catalogue: Catalogue | null = null
  #plan: Plan | null = null
  #statement = 0
  #fields: ResultFields | null = null
  #rows: RawRow[] = []
  #later: Handler[] = []
  #working = false
  #finished = false

  constructor(query: Submittable, vault: Vault, identity: Identity) {
    this.#query = query
    this.#vault = vault
    this.#identity = identity
    this.#inner = {
      submit: query.submit.bind(query),
      handleRowDescription: query.handleRowDescription?.bind(query) ?? ignore,
      handleDataRow: query.handleDataRow?.bind(query) ?? ignore,
      handleError: query.handleError?.bind(query) ?? ignore,
    }
    this.#install()
  }

  #install(): void {
    const query = this.#query
    query.submit = (connection) => this.#submit(connection)
    query.handleRowDescription = (message) => this.#inOrder(() => this.#describe(message.fields))
    query.handleDataRow = (message) => this.#row(message.fields)
    query.handleError = (error, connection) => this.#inOrder(() => this.#fail(error, connection))
    for (const name of ['handlePortalSuspended', 'handleReadyForQuery', 'handleEmptyQuery'] as const) {
      const handle = query[name]?.bind(query)
      query[name] = (connection) => this.#inOrder(() => handle?.(connection))
    }
    const complete = query.handleCommandComplete?.bind(query)
    query.handleCommandComplete = (message, connection) =>
      this.#inOrder(() => {
        this.#completed()
        complete?.(message, connection)
      })
  }

  #submit(connection: Connection): Error | null | undefined {
    const catalogue = this.#vault.catalogue
    if (catalogue === null) return this.#sendWhen(connection, () => this.#vault.ready())
    try {
      return this.#send(connection, catalogue)
    } catch (error) {
      if (isStale(error)) return this.#sendWhen(connection, () => this.#vault.reload())
      return asError(error)
    }
  }

  /** Sends as soon as the catalogue is there; the connection waits, others do not. */
  #sendWhen(connection: Connection, load: () => Promise<Catalogue>): null {
    load()
      .then((catalogue) => (this.#finished ? null : this.#send(connection, catalogue)))
      .then((error) => {
        if (error instanceof Error) throw error
      })
      .catch((error) => this.#refuse(error, connection))
    return null
  }

  /** Plans and sends; a plan that seals values sends when its keys are there. */
  #send(connection: Connection, catalogue: Catalogue): Error | null | undefined {
    const target = this.#query.cursor ?? this.#query
    const plan = typeof target.text === 'string' ? this.#vault.plan(target.text, catalogue) : null
    this.#plan = plan
    this.#catalogue = catalogue
    if (plan === null || !plan.concerned) return this.#inner.submit(connection)
    const values = target.values ?? []
    if (values.length !== plan.parameters && plan.uses.length > 0)
      throw new QueryRefused({
        refusal: 'ParameterCount',
        table: plan.uses[0]?.column.table ?? '',
        construct: `${values.length} values for ${plan.parameters} parameters`,
      })
    if (plan.uses.length === 0) {
      target.text = plan.text
      return this.#inner.submit(connection)
    }
    writeValues(plan, values, this.#identity.keyring(this.#vault), catalogue)
      .then((written) => {
        if (this.#finished) return null
        target.text = plan.text
        target.values = written
        return this.#inner.submit(connection)
      })
      .then((error) => {
        if (error instanceof Error) throw error
      })
      .catch((error) => this.#refuse(error, connection))
    return null
  }

  /** The statement was not sent: the query gets the error, and the connection goes on with the next one. */
  #refuse(error: unknown, connection: Connection): void {
    if (this.#finished) return
    this.#fail(asError(error), connection)
    connection.sync()
  }

  #describe(fields: FieldDef[]): void {
    const catalogue = this.#catalogue
    if (catalogue === null) throw new TypeError('expected a catalogue before any answer')
    const outputs = this.#plan?.concerned === true ? (this.#statementPlan?.outputs ?? null) : null
    const found = resultFields(fields, outputs, catalogue)
    this.#fields = found.cells.length > 0 || found.bytes.length > 0 ? found : null
    const plain = fields.map((field, index) => {
      const cell = found.cells.find((one) => one.index === index)
      return cell === undefined ? field : plainField(field, cell)
    })
    this.#inner.handleRowDescription({ fields: plain })
  }

  get #statementPlan(): StatementPlan | undefined {
    return this.#plan?.statements[this.#statement]
  }

  #row(row: RawRow): void {
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
    const { fields: known, catalogue } = { fields: this.#fields, catalogue: this.#catalogue }
    const handOver = () => {
      for (const fields of rows) if (!this.#finished) this.#inner.handleDataRow({ fields })
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
    this.#finished = true
    if (error instanceof CatalogueChanged) this.#vault.reload().catch(() => {})
    this.#inner.handleError(error, connection ?? silent)
  }

  #completed(): void {
    const principal = this.#statementPlan?.principal
    if (principal !== undefined) this.#identity.set(principal)
    this.#statement++
    this.#fields = null
  }
}

/** For a query that ends its portal on an error: the server has sent everything already. */
const silent: Connection = { sync() {} }

const ignore = (): void => {}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

/** A refusal that a newer catalogue may lift. */
const isStale = (error: unknown): boolean => error instanceof CatalogueChanged
