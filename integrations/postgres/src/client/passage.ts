import type { CatalogueChanged } from '../cell/read-error.ts'
import type { OwnHandlers } from './handlers.ts'
import type { Identity } from './identity.ts'
import type { Reading } from './reading.ts'
import type { Submittable } from './submittable.ts'
import type { Vault } from './vault.ts'

/** Where the queries of a connection go through, and as whom. */
export interface Way {
  readonly vault: Vault
  readonly identity: Identity
  /** Sends a query once more that was planned on what has changed meanwhile; null where it cannot be. */
  readonly again: ((query: Submittable) => void) | null
}

/** One query on its way: how it came, what it was planned to be, and how far it is. */
export class Passage {
  readonly query: Submittable
  readonly own: OwnHandlers
  readonly way: Way
  /** Text and values as the application gave them. */
  original: { readonly text: string | undefined; readonly values: Submittable['values'] } | null = null
  reading: Reading | null = null
  /** While the guard's own answer is awaited. */
  guarding = false
  /** Why the results can't be read: thrown when the server does not refuse the statement itself. */
  doomed: CatalogueChanged | null = null
  /** The query has heard the last of it. */
  finished = false

  constructor(query: Submittable, own: OwnHandlers, way: Way) {
    this.query = query
    this.own = own
    this.way = way
  }
}
