import { Agent, request as send } from 'node:http'
import { signSigV4 } from '@hufu/wire'

/** A client that costs as little as it can: node:http, kept connections, a signature over the headers alone. */
export class Client {
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true })

  /** The credentials are in the URL; a server that checks none is sent one anyway. */
  constructor(url: string) {
    this.#url = new URL(url)
  }

  /** Resolves to the bytes received. */
  request(method: string, path: string, body?: Buffer): Promise<number> {
    const { host, hostname, port } = this.#url
    const headers = { ...this.#signed(method, path), ...(body === undefined ? {} : { 'content-length': body.length }) }
    return new Promise((resolve, reject) => {
      const options = { host: hostname, port, path, method, agent: this.#agent, headers: { host, ...headers } }
      const sending = send(options, (answer) => {
        let received = 0
        answer.on('data', (chunk: Buffer) => {
          received += chunk.length
        })
        answer.on('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve(received)
          else reject(new Error(`${method} ${path} was answered ${answer.statusCode}`))
        })
        answer.on('error', reject)
      })
      sending.on('error', reject)
      sending.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  #signed(method: string, path: string): Record<string, string> {
    const { host, username, password } = this.#url
    const [bare = '', query = ''] = path.split('?')
    return signSigV4(
      { method, path: bare, query, headers: { host }, payloadHash: 'UNSIGNED-PAYLOAD' },
      { accessKeyId: username || 'any', secretAccessKey: decodeURIComponent(password) || 'any' },
      { region: 'local-1', service: 's3', at: Date.now() },
    )
  }
}
