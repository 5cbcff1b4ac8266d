import { randomUUID } from 'node:crypto'
import { type CallOptions, HufuError, parseJsonObject, sha256Hex, signSigV4 } from '@hufu/wire'
import { z } from 'zod'
import type { CredentialsProvider } from '../credentials/credentials.ts'
import type { Connection } from '../http/connection.ts'
import { exchange } from './exchange.ts'
import { type SplitAnswer, takePlaintext, withPlaintext } from './secret-field.ts'
import { wireError } from './wire-error.ts'

export interface ApiOptions {
  readonly connection: Connection
  /** Null where a client certificate is the proof, and requests are not signed. */
  readonly credentials: CredentialsProvider | null
  readonly region: string
  /** Tries of a call that may be repeated. */
  readonly attempts: number
  /** Milliseconds for one call with all its tries. */
  readonly deadline: number
  /** Sent and signed with every request. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface ApiCall extends CallOptions {
  /** A call that changes something is tried once: the first try may have done it, unless it was refused for its rate. */
  readonly changes?: boolean
  /** Sent as `Plaintext`, without a copy that stays. */
  readonly plaintext?: Uint8Array
  /** The answer's `Plaintext` is wanted as bytes, and no text of it may stay in memory. */
  readonly secret?: boolean
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
  async call(action: string, parameters: object, call: ApiCall = {}): Promise<unknown> {
    const { changes = false, secret = false, signal } = call
    const target = action.includes('.') ? action : `TrentService.${action}`
    const body = requestBody(parameters, call)
    // What changes something is asked for once, also when two ask for the same in one second.
    const once = changes ? { 'amz-sdk-invocation-id': randomUUID() } : {}
    const request = async () => this.#request({ 'x-amz-target': target, ...once }, body)
    const read = (status: number, answer: Buffer) => readAnswer(status, secret ? takePlaintext(answer) : whole(answer))
    return exchange(this.#options, { changes, signal }, request, read).finally(() => body.fill(0))
  }

  /** The headers of a GET, signed where requests are. */
  async signedGet(path: string): Promise<Record<string, string>> {
    return this.#signed('GET', path, {}, '')
  }

  async #request(more: object, body: Uint8Array) {
    const own = { 'content-type': 'application/x-amz-json-1.1', ...more }
    const headers = await this.#signed('POST', '/', own, body)
    return { method: 'POST' as const, path: '/', headers, body }
  }

  async #signed(method: string, path: string, own: object, body: string | Uint8Array) {
    const { connection, region, headers, credentials } = this.#options
    const unsigned = { host: connection.host, ...headers, ...own }
    if (credentials === null) return unsigned
    const request = { method, path: connection.path + path, query: '', headers: unsigned, payloadHash: sha256Hex(body) }
    return { ...unsigned, ...signSigV4(request, await credentials(), { region, service: 'kms', at: Date.now() }) }
  }
}

/** The JSON of a call, to be wiped when it was sent. */
export const requestBody = (parameters: object, { plaintext }: ApiCall): Buffer =>
  plaintext === undefined ? Buffer.from(JSON.stringify(parameters)) : withPlaintext(parameters, plaintext)

export const whole = (body: Buffer): SplitAnswer => ({ text: body.toString(), plaintext: null })

function readAnswer(status: number, { text, plaintext }: SplitAnswer): unknown {
  const answer = text === '' ? {} : parseJsonObject(text)
  if (status === 200) return plaintext === null ? answer : { ...answer, Plaintext: plaintext }
  const { __type, message, Message, code } = failure.parse(answer)
  if (__type === '') throw new HufuError('Unavailable', `expected an answer of a KMS, received HTTP status ${status}`)
  throw wireError('aws', __type, message ?? Message ?? '', code)
}
