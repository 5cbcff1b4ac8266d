import type { ServerResponse } from 'node:http'
import type { KeyEvents } from '@hufu/wire'

/** Milliseconds between signs of life: a reader that misses three of them knows that it may miss changes. */
export const HEARTBEAT = 2_000

/** Bytes that a reader may lag behind before it is cut off: it then starts anew and drops what it caches. */
const LAG_MAX = 1_048_576

/** Whether who listens may still: asked at every sign of life. */
export type StillProven = () => Promise<boolean>

/** The open streams of key changes, as server-sent events. */
export class EventStreams {
  readonly #events: KeyEvents
  readonly #open = new Set<ServerResponse>()
  #closed = false

  constructor(events: KeyEvents) {
    this.#events = events
  }

  /** Streams changes from now on, until either side closes or the listener may no more. Each is one `data:` line of JSON. */
  start(response: ServerResponse, holds: StillProven): void {
    // The caller may have gone, or the server begun to close, while its signature was checked.
    if (response.destroyed || this.#closed) return void response.destroy()
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    send(response, this.#sign())
    const stop = this.#events.subscribe((event) => send(response, `event: key\ndata: ${JSON.stringify(event)}\n\n`))
    const heart = setInterval(() => void this.#beat(response, holds), HEARTBEAT)
    this.#open.add(response)
    response.once('close', () => {
      stop()
      clearInterval(heart)
      this.#open.delete(response)
    })
  }

  close(): void {
    this.#closed = true
    for (const response of this.#open) response.end()
  }

  async #beat(response: ServerResponse, holds: StillProven): Promise<void> {
    send(response, this.#sign())
    if (!(await holds())) response.end()
  }

  /** Says too whether this server itself hears every change. */
  #sign(): string {
    return `event: status\ndata: {"connected":${this.#events.connected}}\n\n`
  }
}

function send(response: ServerResponse, text: string): void {
  if (response.writableLength > LAG_MAX) response.destroy()
  else response.write(text)
}
