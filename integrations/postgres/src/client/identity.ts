import type { Keyring } from '../keys/keyring.ts'
import type { Vault } from './vault.ts'

/** As whom a connection asks for data keys: `SET hufu.principal`, as PostgreSQL would keep it. */
export class Identity {
  /** Whether the connection was in a transaction when the server was last ready. */
  inTransaction = false
  readonly #own: string | null
  #session: string | null
  #local: string | null | undefined

  constructor(own: string | null) {
    this.#own = own
    this.#session = own
  }

  get principal(): string | null {
    return this.#local === undefined ? this.#session : this.#local
  }

  keyring(vault: Vault): Keyring {
    return vault.keyring(this.principal)
  }

  /** Null is the pool's own. SET LOCAL lasts until the transaction ends. */
  set({ name, local }: { name: string | null; local: boolean }): void {
    if (local) this.#local = name ?? this.#own
    else this.#session = name ?? this.#own
  }

  /** The server is ready; outside of a transaction nothing is local. */
  ready(inTransaction: boolean): void {
    this.inTransaction = inTransaction
    if (!inTransaction) this.#local = undefined
  }
}
