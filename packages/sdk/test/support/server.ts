import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type RunningServer, startServer } from '@hufu/server'
import { type TestRegion, testRegion } from './kms.ts'

export interface Served extends AsyncDisposable {
  readonly region: TestRegion
  readonly server: RunningServer
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A real KMS behind a real server. */
export async function serve(name: string): Promise<Served> {
  const region = await testRegion(name)
  const server = await startServer({ kms: region.kms, host: '127.0.0.1', port: 0 })
  return {
    region,
    server,
    credentials: await region.kms.bootstrap(),
    async [Symbol.asyncDispose]() {
      await server.close()
      await region[Symbol.asyncDispose]()
    },
  }
}

/** A network between a client and a server, which can be cut, or swallow everything. */
export class Network implements AsyncDisposable {
  /** What happens to new connections and to what is sent on open ones. */
  state: 'up' | 'refusing' | 'silent' = 'up'
  connections = 0
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((client) => this.#join(client))
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    this.connections++
    if (this.state === 'refusing') return void client.destroy()
    const server = connect(this.#port, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => {})
      from.on('data', (bytes) => this.state !== 'silent' && to.write(bytes))
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }
}
