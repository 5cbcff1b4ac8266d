import type { RawRow } from '../cell/read-rows.ts'
import type { Connection, Submittable } from './submittable.ts'
import type { WaitingLine } from './waiting-line.ts'

/** What a query does by itself: pg's own handlers, as they were before anything stood in front of them. */
export type OwnHandlers = Required<
  Pick<Submittable, 'submit' | 'handleRowDescription' | 'handleDataRow' | 'handleError'>
>

export const ownHandlers = (query: Submittable): OwnHandlers => ({
  submit: query.submit.bind(query),
  handleRowDescription: query.handleRowDescription?.bind(query) ?? ignore,
  handleDataRow: query.handleDataRow?.bind(query) ?? ignore,
  handleError: query.handleError?.bind(query) ?? ignore,
})

/** Who hears first what the server answers. */
export interface Listener {
  readonly line: WaitingLine
  describe(fields: Parameters<OwnHandlers['handleRowDescription']>[0]['fields']): void
  row(row: RawRow): void
  fail(error: unknown, connection: Connection): void
  /** False when the query is not to hear that the server is ready. */
  isReady(): boolean
  /** False when the query is not to hear of the completion. */
  isCompleted(): boolean
}

/** From here on everything that the server answers to the query passes the listener first, in order. */
export function intercept(query: Submittable, { line, ...hear }: Listener): void {
  query.handleRowDescription = (message) => line.push(() => hear.describe(message.fields))
  query.handleDataRow = (message) => hear.row(message.fields)
  query.handleError = (error, connection) => line.push(() => hear.fail(error, connection))
  const ready = query.handleReadyForQuery?.bind(query)
  query.handleReadyForQuery = (connection) => line.push(() => void (hear.isReady() && ready?.(connection)))
  for (const name of ['handlePortalSuspended', 'handleEmptyQuery'] as const) {
    const handle = query[name]?.bind(query)
    query[name] = (connection) => line.push(() => handle?.(connection))
  }
  const complete = query.handleCommandComplete?.bind(query)
  query.handleCommandComplete = (message, connection) =>
    line.push(() => void (hear.isCompleted() && complete?.(message, connection)))
}

/** For a query that ends its portal on an error: the server has sent everything already. */
export const silent: Connection = { sync() {}, parse() {}, bind() {}, execute() {} }

export const ignore = (): void => {}
