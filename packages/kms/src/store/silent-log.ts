import type { Knex } from 'knex'

const nothing = (): void => {}

/** What the query builder would print: everything that matters is thrown, and logged by who catches it. */
export const silent: Knex.Logger = { debug: nothing, warn: nothing, error: nothing, deprecate: nothing }
