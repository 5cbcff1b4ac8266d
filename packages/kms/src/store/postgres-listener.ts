import type { KeyEvent } from '@hufu/wire'
import { Client } from 'pg'
import { z } from 'zod'

const Announcement = z.object({
  source: z.string(),
  keyId: z.string(),
  change: z.enum(['state', 'policy', 'version', 'deleted']),
})

/** Milliseconds between two signs of life of the connection. */
const HEARTBEAT = 500
/** Milliseconds that what was heard holds without a new sign of life. */
const LEASE = 2_000

/**
 * Hears what other processes announce. A heartbeat on the same connection renews a lease: its answer comes after every
 * announcement that was made before it, so while the lease runs nothing older than the lease was missed.
 */
export class PostgresListener {
  static readonly CHANNEL = 'hufu_keys'
  readonly #url: string
  readonly #source: string
  #listener: ((event: KeyEvent) => void) | null = null
  #client: Client | null = null
  #timer: NodeJS.Timeout | null = null
  #leaseEnd = 0
  #closed = false

  /** Announcements of `source` itself are passed over. */
  constructor(url: string, source: string) {
    this.#url = url
    this.#source = source
  }

  get connected(): boolean {
    return performance.now() < this.#leaseEnd
  }

  /** Resolves when it listens; from then on it connects again by itself. */
  async start(listener: (event: KeyEvent) => void): Promise<void> {
    this.#listener = listener
    await this.#connect()
    this.#schedule()
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'hufu listener',
      connectionTimeoutMillis: LEASE,
      query_timeout: LEASE,
    })
    client.on('error', () => {})
    client.on('notification', ({ payload }) => this.#hear(payload))
    this.#client = client
    const asked = performance.now()
    await client.connect()
    await client.query(`listen ${PostgresListener.CHANNEL}`)
    this.#leaseEnd = asked + LEASE
  }

  #schedule(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#beat().finally(() => this.#schedule()), HEARTBEAT)
    this.#timer.unref()
  }

  async #beat(): Promise<void> {
    try {
      if (this.#client === null) await this.#reconnect()
      else await this.#renew(this.#client)
    } catch {
      this.#drop()
    }
  }

  async #renew(client: Client): Promise<void> {
    const asked = performance.now()
    await client.query('select 1')
    this.#leaseEnd = asked + LEASE
  }

  /** What happened meanwhile was missed. */
  async #reconnect(): Promise<void> {
    await this.#connect()
    this.#listener?.({ keyId: '*', change: 'state' })
  }

  #hear(payload: string | undefined): void {
    const { success, data } = Announcement.safeParse(parseJson(payload))
    if (!success || data.source === this.#source) return
    this.#listener?.({ keyId: data.keyId, change: data.change })
  }

  /** The other side may not answer any more, so its farewell is not waited for. */
  #drop(): void {
    const client = this.#client
    this.#client = null
    void client?.end().catch(() => {})
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
