import { setTimeout as sleep } from 'node:timers/promises'
import type { KeyEvent, KeyEvents } from '@hufu/wire'
import { z } from 'zod'
import type { Connection } from '../http/connection.ts'
import type { AwsApi } from '../wire/aws-api.ts'
import { serverSentEvents } from './server-sent-events.ts'

/** Milliseconds of silence after which the stream counts as lost: the server gives a sign every 2 s. */
const SILENCE = 7_000
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5_000

const keyEvent: z.ZodType<KeyEvent> = z.object({
  keyId: z.string(),
  change: z.enum(['state', 'policy', 'version', 'deleted']),
})
const status = z.object({ connected: z.boolean() })

/**
 * The server's stream of key changes. It comes back by itself when it is lost, and then tells its listeners
 * that anything may have changed. Runs until `close`.
 */
export class HttpKeyEvents implements KeyEvents {
  #connected = false
  readonly #api: AwsApi
  readonly #connection: Connection
  readonly #listeners = new Set<(event: KeyEvent) => void>()
  readonly #end = new AbortController()
  readonly #running: Promise<void>

  constructor(api: AwsApi, connection: Connection) {
    this.#api = api
    this.#connection = connection
    this.#running = this.#run()
  }

  get connected(): boolean {
    return this.#connected
  }

  subscribe(listener: (event: KeyEvent) => void): () => void {
    const own = (event: KeyEvent): void => listener(event)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  close(): Promise<void> {
    this.#end.abort()
    return this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#end
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      if (await this.#listen()) pause = FIRST_PAUSE
      await sleep(pause * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => {})
    }
  }

  /** Listens until the stream ends, which is no error; whether it ever began. */
  async #listen(): Promise<boolean> {
    let began = false
    try {
      const headers = await this.#api.signedGet('/events')
      const request = { method: 'GET' as const, path: '/events', headers }
      const pieces = await this.#connection.stream(request, SILENCE, this.#end.signal)
      began = true
      this.#tell({ keyId: '*', change: 'state' })
      for await (const { event, data } of serverSentEvents(pieces)) this.#hear(event, data)
    } catch {
    } finally {
      this.#connected = false
    }
    return began
  }

  #hear(event: string, data: string): void {
    if (event === 'status') this.#connected = status.parse(JSON.parse(data)).connected
    if (event === 'key') this.#tell(keyEvent.parse(JSON.parse(data)))
  }

  #tell(event: KeyEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
