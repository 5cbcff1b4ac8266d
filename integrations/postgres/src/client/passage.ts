import type { CatalogueChanged } from '../cell/read-error.ts'
import type { OwnHandlers } from './handlers.ts'
import type { Identity } from './identity.ts'
import type { Reading } from './reading.ts'
import type { Submittable } from './submittable.ts'
import type { Vault } from './vault.ts'

/** Where a query goes through, and as whom. */
export interface PassageOptions {
  readonly query: Submittable
  readonly own: OwnHandlers
  readonly vault: Vault
  readonly identity: Identity
  /** Sends the query once more, when it was planned on what has changed meanwhile; null when it cannot be. */
  readonly again: (() => void) | null
}

/** One query on its way: how it came, what it was planned to be, and how far it is. */
export class Passage implements PassageOptions {
  readonly query: Submittable
  readonly own: OwnHandlers
  readonly vault: Vault
  readonly identity: Identity
  readonly again: (() => void) | null
  /** Text and values as the application gave them. */
  original: { readonly text: string | undefined; readonly values: Submittable['values'] } | null = null
  reading: Reading | null = null
  /** While the guard's own answer is awaited. */
  guarding = false
  /** Why the results can't be read: thrown when the server does not refuse the statement itself. */
  doomed: CatalogueChanged | null = null
  /** The query has heard the last of it. */
  finished = false

  constructor({ query, own, vault, identity, again }: PassageOptions) {
    this.query = query
    this.own = own
    this.vault = vault
    this.identity = identity
    this.again = again
  }
}
