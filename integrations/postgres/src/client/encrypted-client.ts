import pg, { type ClientConfig } from 'pg'
import type { Encryption } from '../definition/define-encryption.ts'
import { Gate } from './gate.ts'
import { GatedQuery } from './gated-query.ts'
import { intercept, ownHandlers } from './handlers.ts'
import { Identity } from './identity.ts'
import type { Way } from './passage.ts'
import type { Submittable } from './submittable.ts'

type Callback = (error: Error | undefined, result?: unknown) => void

/** What `pg.Client.query` takes: text, a configuration, or something that submits itself. */
type QueryInput = string | { readonly query_timeout?: number }

const submits = (input: unknown): input is Submittable =>
  typeof input === 'object' && input !== null && 'submit' in input && typeof input.submit === 'function'

/** A class of `pg.Client` that encrypts: wherever a pool or a driver takes a client class, this can be it. */
export function encryptedClient(encryption: Encryption): typeof pg.Client {
  class EncryptedClient extends pg.Client {
    readonly #identity = new Identity(encryption.principal)
    readonly #way: Way

    constructor(config?: string | ClientConfig) {
      super(config)
      const vault = encryption.vault(this, config)
      this.#way = { vault, identity: this.#identity, again: (query) => this.#submit(query) }
      const detach = vault.attach()
      this.once('end', detach)
      connectionOf(this).on('readyForQuery', ({ status }) => this.#identity.ready(status !== 'I'))
    }

    override query(input: unknown, values?: unknown, callback?: unknown): never {
      return this.#query(input as QueryInput | Submittable, values, callback) as never
    }

    #query(input: QueryInput | Submittable, values: unknown, callback: unknown): unknown {
      if (submits(input)) {
        this.#stop(input)
        return this.#submit(input, values, callback)
      }
      const query = new GatedQuery(input, values, callback, this.#way)
      if (typeof input === 'object' && input !== null && input.query_timeout !== undefined)
        query.query_timeout = input.query_timeout
      const answer = typeof query.callback === 'function' ? undefined : promised(query)
      this.#submit(query)
      return answer
    }

    /** Puts a gate in front of what submits itself. */
    #stop(query: Submittable): void {
      intercept(query, new Gate(query, ownHandlers(query), { ...this.#way, again: null }))
    }

    #submit(query: Submittable, values?: unknown, callback?: unknown): unknown {
      const submit = super.query as (query: Submittable, values?: unknown, callback?: unknown) => unknown
      return submit.call(this, query, values, callback)
    }
  }
  return EncryptedClient
}

/** pg's connection tells with every readiness whether a transaction is open. */
const connectionOf = (client: pg.Client) =>
  (
    client as unknown as {
      connection: { on(event: 'readyForQuery', listener: (message: { status: string }) => void): void }
    }
  ).connection

/** The query's result as a promise; as pg does, an error tells where it was awaited, not the socket that brought it. */
function promised(query: Submittable): Promise<unknown> {
  const answer = new Promise((resolve, reject) => {
    const done: Callback = (error, result) => (error ? reject(error) : resolve(result))
    query.callback = done
  })
  return answer.catch((error) => {
    Error.captureStackTrace(error)
    throw error
  })
}
