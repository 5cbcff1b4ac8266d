import { isHufuError } from '@hufu/wire'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { RawRow } from '../cell/read-rows.ts'
import { writeValues } from '../cell/write-values.ts'
import type { Plan } from '../plan/plan.ts'
import { Answer } from './answer.ts'
import { asError } from './failures.ts'
import type { OwnHandlers } from './handlers.ts'
import { Passage, type Way } from './passage.ts'
import { isQuiet, Reading } from './reading.ts'
import { checkCount, putPlanned, sender, sendGuard } from './sending.ts'
import type { Connection, Handlers, Submittable } from './submittable.ts'

type Sent = Error | null | undefined
type RowDescription = Parameters<Handlers['handleRowDescription']>[0]

/**
 * Stands between a query and its connection: what is sent has passed the plan, and what comes back is
 * opened before the query sees it. The query keeps its own parsers, row mode, callbacks and events.
 *
 * submit -> plan (or refuse) -> seal values -> send; what the server answers -> `Answer`.
 */
export class Gate implements Handlers {
  readonly #passage: Passage
  /** Null while the answer goes straight to the query: nothing encrypted is known to be in it. */
  #answer: Answer | null = null

  constructor(query: Submittable, own: OwnHandlers, way: Way) {
    this.#passage = new Passage(query, own, way)
  }

  submit(connection: Connection): Sent {
    const { way, query } = this.#passage
    const { vault } = way
    const { catalogue } = vault
    if (catalogue === null) return this.#sendWhen(connection, () => vault.ready())
    if (catalogue.outdatedFor(sender(query).text ?? '')) return this.#sendWhen(connection, () => vault.reload())
    try {
      return this.#send(connection, catalogue)
    } catch (error) {
      if (isHufuError(error, 'InvalidState')) return this.#sendWhen(connection, () => vault.reload())
      return asError(error)
    }
  }

  handleRowDescription(message: RowDescription): void {
    const { own, query, reading } = this.#passage
    const quiet = this.#answer === null && reading !== null && isQuiet(message.fields, reading.catalogue)
    if (quiet) own.handleRowDescription.call(query, message)
    else this.#listen().describe(message.fields)
  }

  handleDataRow(message: { fields: RawRow }): void {
    if (this.#answer === null) this.#passage.own.handleDataRow.call(this.#passage.query, message)
    else this.#answer.row(message.fields)
  }

  handlePortalSuspended(connection: Connection): void {
    if (this.#answer === null) this.#passage.own.handlePortalSuspended.call(this.#passage.query, connection)
    else this.#answer.suspend(connection)
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    const { own, query } = this.#passage
    if (this.#answer === null) own.handleCommandComplete.call(query, message, connection)
    else this.#answer.complete(message, connection)
  }

  handleEmptyQuery(connection: Connection): void {
    if (this.#answer === null) this.#passage.own.handleEmptyQuery.call(this.#passage.query, connection)
    else this.#answer.empty(connection)
  }

  handleReadyForQuery(connection: Connection): void {
    if (this.#answer === null) this.#passage.own.handleReadyForQuery.call(this.#passage.query, connection)
    else this.#answer.ready(connection)
  }

  handleError(error: unknown, connection: Connection): void {
    if (this.#answer === null) this.#passage.own.handleError.call(this.#passage.query, error, connection)
    else this.#answer.error(error, connection)
  }

  #listen(): Answer {
    this.#answer ??= new Answer(this.#passage)
    return this.#answer
  }

  /** Sends as soon as the catalogue is there; this connection waits, others do not. */
  #sendWhen(connection: Connection, load: () => Promise<Catalogue>): null {
    this.#sendLater(
      connection,
      load().then((catalogue) => (this.#passage.finished ? null : this.#send(connection, catalogue))),
    )
    return null
  }

  #sendLater(connection: Connection, sent: Promise<Sent>): void {
    const answer = this.#listen()
    sent.then((error) => error && answer.refuse(error, connection)).catch((error) => answer.refuse(error, connection))
  }

  /** Plans and sends; a plan that seals values under keys that are not held sends when they are there. */
  #send(connection: Connection, catalogue: Catalogue): Sent {
    const passage = this.#passage
    const { text, values } = sender(passage.query)
    const plan = passage.way.vault.plan(text ?? '', catalogue)
    passage.reading = new Reading(plan, catalogue)
    passage.original = { text, values }
    if (!plan.concerned && plan.guarded.length === 0) return this.#sendPlain(connection, plan)
    this.#listen()
    if (plan.uses.length === 0) return this.#sendPlanned(connection, plan, values ?? [], catalogue)
    checkCount(plan, values ?? [])
    const written = writeValues(plan, values ?? [], passage.way.identity.keyring(passage.way.vault), catalogue)
    if (!(written instanceof Promise)) return this.#sendPlanned(connection, plan, written, catalogue)
    this.#sendLater(
      connection,
      written.then((cells) => (passage.finished ? null : this.#sendPlanned(connection, plan, cells, catalogue))),
    )
    return null
  }

  #sendPlain(connection: Connection, plan: Plan): Sent {
    if (plan.statements.some(({ principal }) => principal !== undefined)) this.#listen()
    return this.#passage.own.submit.call(this.#passage.query, connection)
  }

  #sendPlanned(connection: Connection, plan: Plan, values: unknown[], { generation }: Catalogue): Sent {
    const { query, own } = this.#passage
    putPlanned(query, plan, values, generation)
    this.#passage.guarding = plan.guarded.length > 0
    if (this.#passage.guarding) sendGuard(query, connection, plan, generation)
    return own.submit.call(query, connection)
  }
}
