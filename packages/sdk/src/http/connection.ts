import { HufuError } from '@hufu/wire'
import { Pool } from 'undici'
import { trustedCa, unanswered } from './trust.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** With the query; the start of what the server is asked for. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** In memory of its own: there is no other copy to be wiped. */
  readonly body: Buffer
}

export interface ConnectionOptions {
  /** `http://HOST:PORT` or `https://…`; a path in it stands before every request's own. */
  readonly endpoint: string
  /** Sockets kept open at most. */
  readonly connections?: number
  /** PEM of the certificate authorities to trust instead of the system's; of the file that HUFU_CA names unless told. */
  readonly ca?: string
}

const CONNECT_TIMEOUT = 3_000
const KEEP_ALIVE = 30_000
/** Characters of an answer that is read; every answer of the API is shorter. */
const ANSWER_MAX = 8 * 2 ** 20

/** Kept-alive connections to one endpoint. */
export class Connection {
  readonly host: string
  readonly path: string
  readonly #pool: Pool

  constructor({ endpoint, connections = 64, ca: given }: ConnectionOptions) {
    const url = endpointUrl(endpoint)
    const ca = url.protocol === 'https:' ? (given ?? trustedCa()) : undefined
    this.host = url.host
    this.path = url.pathname.replace(/\/$/, '')
    this.#pool = new Pool(url.origin, {
      connections,
      keepAliveTimeout: KEEP_ALIVE,
      maxResponseSize: ANSWER_MAX,
      connect: { timeout: CONNECT_TIMEOUT, ...(ca === undefined ? {} : { ca }) },
    })
  }

  /** One request, one answer, whatever its status. Throws `Unavailable` or `CertificateNotTrusted`, whatever the network throws. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#answer(request, signal).catch((cause) => {
      throw unanswered(this.host, cause)
    })
  }

  async #answer(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const path = this.path + request.path
    const { statusCode, headers, body } = await this.#pool.request({ ...request, path, signal })
    const parts: Buffer[] = []
    for await (const part of body) parts.push(part)
    const whole = Buffer.concat(parts)
    for (const part of parts) part.fill(0)
    return { status: statusCode, headers, body: whole }
  }

  /** An answer that goes on: its pieces as they come. Throws when it is silent for `silence` milliseconds. */
  async stream(request: HttpRequest, silence: number, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const times = { headersTimeout: silence, bodyTimeout: silence }
    const options = { ...request, path: this.path + request.path, signal, ...times }
    const { statusCode, body } = await this.#pool.request(options)
    if (statusCode === 200) return body
    await body.dump()
    throw new HufuError('Unavailable', `expected a stream, received HTTP status ${statusCode}`)
  }

  /** Ends what is open. */
  close(): Promise<void> {
    return this.#pool.destroy()
  }
}

function endpointUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new HufuError('InvalidParameter', `expected an endpoint like http://127.0.0.1:7350, received ${endpoint}`)
}
