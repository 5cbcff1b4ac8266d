import { LRUCache } from 'lru-cache'
import pg, { type ClientConfig, type Pool } from 'pg'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { loadCatalogue } from '../catalogue/load-catalogue.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import { DataKeyStore } from '../keys/data-key-store.ts'
import { Keyring } from '../keys/keyring.ts'
import { analyse } from '../plan/analyse.ts'
import type { Plan } from '../plan/plan.ts'
import { loadParser } from '../sql/parse.ts'

/** Plans held at once, one for each SQL text. */
const PLANS_MAX = 5000
/** Connections for the catalogue and the data keys, besides those of the application. */
const SIDE_CONNECTIONS = 2

/** What one process knows of one database: catalogue, plans, data keys. Shared by all connections to it. */
export class Vault {
  readonly #encryption: Encryption
  readonly #config: ClientConfig
  readonly #plans = new LRUCache<string, { plan: Plan } | { refused: unknown }>({ max: PLANS_MAX })
  readonly #keyrings = new Map<string | null, Keyring>()
  readonly #store: DataKeyStore
  #pool: Pool | null = null
  #clients = 0
  #catalogue: Catalogue | null = null
  #loading: Promise<Catalogue> | null = null
  /** A load that begins when the one under way, which may have read too early, has ended. */
  #next: Promise<Catalogue> | null = null

  constructor(encryption: Encryption, config: ClientConfig) {
    this.#encryption = encryption
    this.#config = config
    this.#store = new DataKeyStore(this.#database())
  }

  /** Null until it was loaded once. */
  get catalogue(): Catalogue | null {
    return this.#catalogue
  }

  /** Loads the parser and the catalogue, or waits for who loads them. */
  async ready(): Promise<Catalogue> {
    return this.#catalogue ?? this.#loading ?? this.reload()
  }

  /** Reads the catalogue anew, as it is now or later. Plans made with the old one are forgotten. */
  reload(): Promise<Catalogue> {
    if (this.#loading === null) return this.#startLoad()
    this.#next ??= this.#loading.then(
      () => this.#startLoad(),
      () => this.#startLoad(),
    )
    return this.#next
  }

  #startLoad(): Promise<Catalogue> {
    this.#next = null
    const loading = this.#load().finally(() => {
      if (this.#loading === loading) this.#loading = null
    })
    this.#loading = loading
    return loading
  }

  /** What becomes of the text. Throws `QueryRefused`. The catalogue must be loaded. */
  plan(sql: string, catalogue: Catalogue): Plan {
    const held = catalogue === this.#catalogue ? this.#plans.get(sql) : undefined
    const known = held ?? this.#analyse(sql, catalogue)
    if ('refused' in known) throw known.refused
    return known.plan
  }

  /** The data keys as that principal may use them; null for the encryption's own identity. */
  keyring(principal: string | null): Keyring {
    const known = this.#keyrings.get(principal)
    if (known !== undefined) return known
    const { identity, service } = this.#encryption.identity(principal)
    const keyring = new Keyring(identity, service, this.#store, this.#encryption.keyCache)
    this.#keyrings.set(principal, keyring)
    return keyring
  }

  /** A connection of the application is there; the function says that it has ended. */
  attach(): () => void {
    this.#clients++
    let attached = true
    return () => {
      if (attached && --this.#clients === 0) this.#closePool()
      attached = false
    }
  }

  #analyse(sql: string, catalogue: Catalogue): { plan: Plan } | { refused: unknown } {
    const made = attempt(() => analyse(sql, catalogue))
    if (catalogue === this.#catalogue) this.#plans.set(sql, made)
    return made
  }

  async #load(): Promise<Catalogue> {
    await loadParser()
    const catalogue = await loadCatalogue(this.#database(), this.#encryption.columns)
    this.#plans.clear()
    this.#catalogue = catalogue
    return catalogue
  }

  /** Runs on a pool that is made when it is needed and closed with the last connection of the application. */
  #database(): Pick<Pool, 'query'> {
    const query = (text: string, values?: unknown[]) => this.#openPool().query(text, values)
    return { query } as Pick<Pool, 'query'>
  }

  #openPool(): Pool {
    if (this.#pool !== null) return this.#pool
    const pool = new pg.Pool({
      ...this.#config,
      Client: pg.Client,
      max: SIDE_CONNECTIONS,
      idleTimeoutMillis: 5000,
      allowExitOnIdle: true,
    } as pg.PoolConfig)
    pool.on('error', () => {})
    this.#pool = pool
    return pool
  }

  #closePool(): void {
    const pool = this.#pool
    this.#pool = null
    pool?.end().catch(() => {})
  }
}

function attempt(make: () => Plan): { plan: Plan } | { refused: unknown } {
  try {
    return { plan: make() }
  } catch (refused) {
    return { refused }
  }
}
