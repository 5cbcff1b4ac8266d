import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type AuditSink, SINK_PATIENCE } from './audit-sink.ts'

/** POST of JSON lines, one record a line; any 2xx says that they are kept. */
export class HttpSink implements AuditSink {
  readonly name: string
  readonly #url: URL
  readonly #ca: string | undefined
  #closed = new AbortController()

  /** User and password in the URL are sent as Basic authorization. `ca` as for TLS. */
  constructor(name: string, url: URL, ca?: string) {
    this.name = name
    this.#url = url
    this.#ca = ca
  }

  send(texts: readonly string[]): Promise<void> {
    const body = Buffer.from(texts.map((text) => `${text}\n`).join(''))
    return new Promise((sent, failed) => {
      const request = (this.#url.protocol === 'https:' ? requestHttps : requestHttp)(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', 'content-length': body.length },
        signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(SINK_PATIENCE)]),
        ...(this.#ca === undefined ? {} : { ca: this.#ca }),
      })
      request.on('error', failed).on('response', (response) => {
        const { statusCode = 0 } = response.resume()
        if (statusCode >= 200 && statusCode < 300) response.on('end', sent).on('error', failed)
        else failed(new Error(`the sink answered ${statusCode}`))
      })
      request.end(body)
    })
  }

  close(): void {
    this.#closed.abort()
    this.#closed = new AbortController()
  }
}
