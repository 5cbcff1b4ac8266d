import type { Connection, Handlers, Submittable } from './submittable.ts'

const NAMES = [
  'submit',
  'handleRowDescription',
  'handleDataRow',
  'handlePortalSuspended',
  'handleCommandComplete',
  'handleEmptyQuery',
  'handleReadyForQuery',
  'handleError',
] as const satisfies (keyof Handlers)[]

/** What a query does by itself: its handlers before anything stands in front of them, to be called with it as `this`. */
export type OwnHandlers = Readonly<Handlers>

export const ownHandlers = (query: Submittable): OwnHandlers => ({
  submit: query.submit,
  handleRowDescription: query.handleRowDescription ?? ignore,
  handleDataRow: query.handleDataRow ?? ignore,
  handlePortalSuspended: query.handlePortalSuspended ?? ignore,
  handleCommandComplete: query.handleCommandComplete ?? ignore,
  handleEmptyQuery: query.handleEmptyQuery ?? ignore,
  handleReadyForQuery: query.handleReadyForQuery ?? ignore,
  handleError: query.handleError ?? ignore,
})

/** From here on the handlers stand in front of the query's own. */
export function intercept(query: Submittable, handlers: Handlers): void {
  for (const name of NAMES) Object.assign(query, { [name]: handlers[name].bind(handlers) })
}

/** For a query that ends its portal on an error: the server has sent everything already. */
export const silent: Connection = { sync() {}, parse() {}, bind() {}, execute() {} }

export const ignore = (): void => {}
