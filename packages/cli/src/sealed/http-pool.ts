import http from 'node:http'
import type { Socket } from 'node:net'

/** The part of the options of undici's pool that the SDK sets. */
export interface PoolOptions {
  readonly connections: number
  /** Bytes of an answer's body. */
  readonly maxResponseSize: number
  readonly connect: {
    readonly timeout: number
    readonly ca?: string
    /** Of the client, in PEM. */
    readonly cert?: string
    readonly key?: string
  }
}

export interface PoolRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal: AbortSignal
}

export interface PoolAnswer {
  readonly statusCode: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: AsyncIterable<Buffer>
}

/**
 * What the bundle of the sealing commands has in the place of undici's `Pool`: the same by node:http, which is in Node
 * already. To load undici and compile its parser takes longer than to seal a file, and these commands ask only a few times.
 */
export class Pool {
  readonly #origin: URL
  readonly #options: PoolOptions
  #transport: Promise<Transport> | undefined

  constructor(origin: string, options: PoolOptions) {
    this.#origin = new URL(origin)
    this.#options = options
  }

  /** Rejects with what the network throws, and with the signal's reason. */
  async request({ signal, body, ...request }: PoolRequest): Promise<PoolAnswer> {
    this.#transport ??= transportTo(this.#origin, this.#options)
    const { ask, agent } = await this.#transport
    const host = this.#origin.hostname.replace(/^\[|\]$/g, '')
    return new Promise((resolve, reject) => {
      const asked = ask({ ...request, agent, host, port: this.#origin.port, signal })
      asked.on('error', (error) => reject(signal.aborted ? signal.reason : error))
      asked.on('socket', (socket) => limitConnecting(asked, socket, this.#options.connect.timeout))
      asked.on('response', (answer) =>
        resolve({
          statusCode: answer.statusCode ?? 0,
          headers: answer.headers,
          body: atMost(this.#options.maxResponseSize, answer),
        }),
      )
      asked.end(body)
    })
  }

  /** These commands end before it would matter that idle connections stay. */
  async close(): Promise<void> {}

  async destroy(): Promise<void> {
    const transport = await this.#transport
    transport?.agent.destroy()
  }
}

interface Transport {
  readonly ask: typeof http.request
  readonly agent: http.Agent
}

/** TLS is loaded where it is asked for. */
async function transportTo({ protocol }: URL, { connections, connect }: PoolOptions): Promise<Transport> {
  const { timeout: _, ...tls } = connect
  const { request: ask, Agent } = protocol === 'https:' ? await import('node:https') : http
  return { ask, agent: new Agent({ keepAlive: true, maxSockets: connections, ...tls }) }
}

/** The time includes the handshake of TLS. */
function limitConnecting(asked: http.ClientRequest, socket: Socket, milliseconds: number): void {
  if (!socket.connecting) return
  const late = new Error(`no connection within ${milliseconds} ms`)
  const timer = setTimeout(() => asked.destroy(late), milliseconds)
  const connected = 'encrypted' in socket ? 'secureConnect' : 'connect'
  for (const end of [connected, 'close']) socket.once(end, () => clearTimeout(timer))
}

async function* atMost(size: number, answer: http.IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  let left = size
  for await (const part of answer as AsyncIterable<Buffer>) {
    left -= part.length
    if (left < 0) throw new Error(`expected an answer of at most ${size} bytes, received more`)
    yield part
  }
}
