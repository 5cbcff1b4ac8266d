import { randomUUID } from 'node:crypto'
import { parseJsonObject, sha256Hex, signTc3 } from '@hufu/wire'
import { z } from 'zod'
import { type ApiCall, type ApiOptions, requestBody, whole } from './aws-api.ts'
import { exchange } from './exchange.ts'
import { type SplitAnswer, takePlaintext } from './secret-field.ts'
import { wireError } from './wire-error.ts'

const VERSION = '2019-01-18'

const envelope = z.object({
  Response: z.looseObject({ Error: z.object({ Code: z.string(), Message: z.string() }).optional() }),
})

/** A Tencent KMS endpoint, or Hufu by the same wire: API 3.0 over POST, signed with TC3-HMAC-SHA256. */
export class TencentApi {
  readonly #options: ApiOptions

  constructor(options: ApiOptions) {
    this.#options = options
  }

  /** Throws `HufuError`. */
  async call(action: string, parameters: object, call: ApiCall = {}): Promise<unknown> {
    const { changes = false, secret = false, signal } = call
    const body = requestBody(parameters, call)
    // TC3 has nothing unique of its own: what changes something is asked for once, also twice in one second.
    const once = changes ? { 'x-hufu-invocation-id': randomUUID() } : {}
    const request = async () => this.#request(action, once, body)
    const read = (_: number, answer: Buffer) => readAnswer(secret ? takePlaintext(answer) : whole(answer))
    return exchange(this.#options, { changes, signal }, request, read).finally(() => body.fill(0))
  }

  async #request(action: string, more: object, body: Uint8Array) {
    const { connection, region, headers } = this.#options
    const own = Object.entries(headers ?? {}).filter(([name]) => name.startsWith('x-hufu-'))
    const signed = { host: connection.host, 'content-type': 'application/json', ...Object.fromEntries(own), ...more }
    const signature = await this.#signature(signed, body)
    const target = { 'x-tc-action': action, 'x-tc-version': VERSION, 'x-tc-region': region }
    return { method: 'POST' as const, path: '/', headers: { ...headers, ...signed, ...target, ...signature }, body }
  }

  /** Nothing where a client certificate is the proof. */
  async #signature(headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Record<string, string>> {
    const { connection, credentials } = this.#options
    if (credentials === null) return {}
    const path = `${connection.path}/`
    const request = { method: 'POST', path, query: '', headers, payloadHash: sha256Hex(body) }
    const service = connection.host.split('.')[0] ?? 'kms'
    return signTc3(request, await credentials(), { service, at: Date.now() })
  }
}

function readAnswer({ text, plaintext }: SplitAnswer): unknown {
  const { Response } = envelope.parse(parseJsonObject(text))
  if (Response.Error !== undefined) throw wireError('tencent', Response.Error.Code, Response.Error.Message)
  return plaintext === null ? Response : { ...Response, Plaintext: plaintext }
}
