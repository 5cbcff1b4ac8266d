import { type CallOptions, HufuError, parseJsonObject, type SigV4Credentials, sha256Hex, signSigV4 } from '@hufu/wire'
import { z } from 'zod'
import type { CredentialsProvider } from '../credentials/credentials.ts'
import type { Connection } from '../http/connection.ts'
import { exchange } from './exchange.ts'
import { wireError } from './wire-error.ts'

export interface ApiOptions {
  readonly connection: Connection
  readonly credentials: CredentialsProvider
  readonly region: string
  /** Tries of a call that may be repeated. */
  readonly attempts: number
  /** Milliseconds for one call with all its tries. */
  readonly deadline: number
  /** Sent and signed with every request. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface ApiCall extends CallOptions {
  /** A call that changes something is tried once: the first try may have done it. */
  readonly changes?: boolean
}

const failure = z.looseObject({
  __type: z.string().default(''),
  message: z.string().optional(),
  Message: z.string().optional(),
  code: z.string().optional(),
})

/** An AWS KMS endpoint, or Hufu by the same wire: JSON 1.1 over POST, signed with SigV4. */
export class AwsApi {
  readonly #options: ApiOptions

  constructor(options: ApiOptions) {
    this.#options = options
  }

  /** `action` is `Encrypt`, or a whole target like `HufuService.GetSigningKey`. Throws `HufuError`. */
  call(action: string, parameters: object, { changes = false, ...call }: ApiCall = {}): Promise<unknown> {
    const target = action.includes('.') ? action : `TrentService.${action}`
    const body = JSON.stringify(parameters)
    return exchange(this.#options, { changes, ...call }, async () => this.#request(target, body), readAnswer)
  }

  /** The headers of a signed GET. */
  async signedGet(path: string): Promise<Record<string, string>> {
    return this.#signed('GET', path, {}, '', await this.#options.credentials())
  }

  async #request(target: string, body: string) {
    const own = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
    const headers = this.#signed('POST', '/', own, body, await this.#options.credentials())
    return { method: 'POST' as const, path: '/', headers, body }
  }

  #signed(method: string, path: string, own: object, body: string, credentials: SigV4Credentials) {
    const { connection, region, headers } = this.#options
    const unsigned = { host: connection.host, ...headers, ...own }
    const request = { method, path: connection.path + path, query: '', headers: unsigned, payloadHash: sha256Hex(body) }
    return { ...unsigned, ...signSigV4(request, credentials, { region, service: 'kms', at: Date.now() }) }
  }
}

function readAnswer(status: number, body: string): unknown {
  const answer = body === '' ? {} : parseJsonObject(body)
  if (status === 200) return answer
  const { __type, message, Message, code } = failure.parse(answer)
  if (__type === '') throw new HufuError('Unavailable', `expected an answer of a KMS, received HTTP status ${status}`)
  throw wireError('aws', __type, message ?? Message ?? '', code)
}
