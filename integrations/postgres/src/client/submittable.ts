import type { FieldDef } from 'pg'
import type { RawRow } from '../cell/read-rows.ts'

/** What sends a query, and what it is told of the answer. */
export interface Handlers {
  submit(connection: Connection): Error | null | undefined
  handleRowDescription(message: { fields: FieldDef[] }): void
  handleDataRow(message: { fields: RawRow }): void
  handlePortalSuspended(connection: Connection): void
  handleCommandComplete(message: unknown, connection: Connection): void
  handleEmptyQuery(connection: Connection): void
  handleReadyForQuery(connection: Connection): void
  handleError(error: unknown, connection: Connection): void
}

/** What a query has besides its handlers. */
export interface QueryFields {
  text?: string
  values?: unknown[] | null
  name?: string
  callback?: unknown
  /** pg-query-stream sends through one of these. */
  cursor?: Submittable
}

/** What `pg.Client.query` takes besides text: it sends itself, and is told what the server answers. */
export interface Submittable extends QueryFields, Pick<Handlers, 'submit'>, Partial<Omit<Handlers, 'submit'>> {}

/** As much of pg's connection as is used here. */
export interface Connection {
  /** Asks the server to say that it is ready. */
  sync(): void
  parse(statement: { text: string }): void
  bind(portal: { values: unknown[] }): void
  execute(portal: object): void
}
