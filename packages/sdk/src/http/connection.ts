import { HufuError } from '@hufu/wire'
import { Pool } from 'undici'
import { type ClientCertificateFiles, namedCertificate } from './client-certificate.ts'
import { RenewedPair } from './renewed-pair.ts'
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

export interface ConnectionOptions extends Partial<ClientCertificateFiles> {
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

/** Kept-alive connections to one endpoint. Those of a client certificate that was renewed end with what they are asked. */
export class Connection {
  readonly host: string
  readonly path: string
  readonly #open: (pair: object) => Pool
  readonly #certificate: RenewedPair | null
  readonly #retired = new Set<Pool>()
  #pool: Pool

  /** Throws `InvalidParameter` for what is no endpoint, or `CertificateUnusable`. */
  constructor({ endpoint, connections = 64, ca: given, ...files }: ConnectionOptions) {
    const url = endpointUrl(endpoint)
    const ca = url.protocol === 'https:' ? (given ?? trustedCa()) : undefined
    this.host = url.host
    this.path = url.pathname.replace(/\/$/, '')
    this.#open = (pair) =>
      new Pool(url.origin, {
        connections,
        keepAliveTimeout: KEEP_ALIVE,
        maxResponseSize: ANSWER_MAX,
        connect: { timeout: CONNECT_TIMEOUT, ...(ca === undefined ? {} : { ca }), ...pair },
      })
    this.#certificate = certificateOf(url, files)
    this.#pool = this.#open(this.#certificate?.pair ?? {})
  }

  /** One request, one answer, whatever its status. Throws `Unavailable` or `CertificateNotTrusted`, whatever the network throws. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#answer(request, signal).catch((cause) => {
      throw unanswered(this.host, cause)
    })
  }

  async #answer(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const path = this.path + request.path
    const { statusCode, headers, body } = await this.#current().request({ ...request, path, signal })
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
    const { statusCode, body } = await this.#current().request(options)
    if (statusCode === 200) return body
    await body.dump()
    throw new HufuError('Unavailable', `expected a stream, received HTTP status ${statusCode}`)
  }

  /** Ends what is open. */
  async close(): Promise<void> {
    await Promise.all([this.#pool, ...this.#retired].map((pool) => pool.destroy()))
  }

  #current(): Pool {
    if (this.#certificate?.renewed() !== true) return this.#pool
    const old = this.#pool
    this.#pool = this.#open(this.#certificate.pair)
    this.#retired.add(old)
    old.close().finally(() => this.#retired.delete(old))
    return this.#pool
  }
}

function certificateOf({ protocol }: URL, named: Partial<ClientCertificateFiles>): RenewedPair | null {
  const files = namedCertificate(named, {})
  if (files === null) return null
  if (protocol === 'https:') return new RenewedPair(files)
  throw new HufuError('CertificateUnusable', 'expected an https endpoint for a client certificate, received http')
}

function endpointUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new HufuError('InvalidParameter', `expected an endpoint like http://127.0.0.1:7350, received ${endpoint}`)
}
