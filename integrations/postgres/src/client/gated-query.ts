import pg, { type FieldDef } from 'pg'
import type { RawRow } from '../cell/read-rows.ts'
import { Gate } from './gate.ts'
import { ownHandlers } from './handlers.ts'
import type { Way } from './passage.ts'
import type { Connection, Handlers, QueryFields } from './submittable.ts'

/** pg's Query, which its types do not show whole. */
interface PgQuery extends QueryFields, Handlers {
  query_timeout?: number
}

const Query = pg.Query as unknown as (new (
  config: unknown,
  values: unknown,
  callback: unknown,
) => PgQuery) & {
  readonly prototype: PgQuery
}

const own = ownHandlers(Query.prototype)

/** pg's query behind its gate. Handlers on the class: made anew for every query, they would cost more than the cipher. */
export class GatedQuery extends Query {
  readonly #gate: Gate

  constructor(config: unknown, values: unknown, callback: unknown, way: Way) {
    super(config, values, callback)
    this.#gate = new Gate(this, own, way)
  }

  override submit(connection: Connection): Error | null | undefined {
    return this.#gate.submit(connection)
  }

  override handleRowDescription(message: { fields: FieldDef[] }): void {
    this.#gate.handleRowDescription(message)
  }

  override handleDataRow(message: { fields: RawRow }): void {
    this.#gate.handleDataRow(message)
  }

  override handlePortalSuspended(connection: Connection): void {
    this.#gate.handlePortalSuspended(connection)
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    this.#gate.handleCommandComplete(message, connection)
  }

  override handleEmptyQuery(connection: Connection): void {
    this.#gate.handleEmptyQuery(connection)
  }

  override handleReadyForQuery(connection: Connection): void {
    this.#gate.handleReadyForQuery(connection)
  }

  override handleError(error: unknown, connection: Connection): void {
    this.#gate.handleError(error, connection)
  }
}
