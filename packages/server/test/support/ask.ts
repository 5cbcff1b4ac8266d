import { randomUUID } from 'node:crypto'
import { type SignableRequest, sha256Hex, signSigV4, signTc3 } from '@hufu/wire'
import type { Running } from './running.ts'

export type DialectName = 'aws' | 'tencent'

export interface Asked {
  readonly action: string
  /** Sent as it is when text, as JSON otherwise. */
  readonly body?: unknown
  readonly secret?: string
  readonly accessKeyId?: string
  /** When it is signed, milliseconds since the epoch. Then it has nothing of its own, and may be sent again. */
  readonly at?: number
  /** Signed, beside those of the dialect. */
  readonly headers?: Readonly<Record<string, string>>
  /** Added after signing. */
  readonly unsigned?: Readonly<Record<string, string>>
}

export interface Told {
  readonly status: number
  /** The error's name in the dialect, or null. */
  readonly error: string | null
  readonly message: string
  readonly body: Readonly<Record<string, unknown>>
}

/** One request, signed as the dialect's clients do, with whatever is wrong about it. */
export async function ask(dialect: DialectName, running: Running, asked: Asked): Promise<Told> {
  const request = dialect === 'aws' ? awsRequest(running, asked) : tencentRequest(running, asked)
  const headers = { ...request.headers, ...asked.unsigned }
  const response = await fetch(running.server.url, { method: 'POST', headers, body: request.body })
  const body = (await response.json()) as Record<string, string>
  const told = dialect === 'aws' ? body : (body.Response as unknown as Record<string, unknown>)
  const error = (dialect === 'aws' ? body : (told.Error ?? {})) as Record<string, string>
  const name = (dialect === 'aws' ? error.__type : error.Code) ?? null
  return { status: response.status, error: name, message: error.message ?? error.Message ?? '', body: told }
}

interface Signed {
  readonly headers: Record<string, string>
  readonly body: Uint8Array<ArrayBuffer>
}

export function awsRequest(running: Running, asked: Asked): Signed {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': asked.action.includes('.') ? asked.action : `TrentService.${asked.action}`,
  }
  const request = signable(running, asked, headers)
  const target = { region: 'local-1', service: 'kms', at: asked.at ?? Date.now() }
  return sent(request, asked, signSigV4(request, credentials(running, asked), target))
}

export function tencentRequest(running: Running, asked: Asked): Signed {
  const headers = {
    'content-type': 'application/json',
    'x-tc-action': asked.action,
    'x-tc-version': '2019-01-18',
    'x-tc-region': 'local-1',
  }
  const request = signable(running, asked, headers)
  const target = { service: 'kms', at: asked.at ?? Date.now() }
  return sent(request, asked, signTc3(request, credentials(running, asked), target))
}

const credentials = ({ root }: Running, asked: Asked) => ({
  accessKeyId: asked.accessKeyId ?? root.accessKeyId,
  secretAccessKey: asked.secret ?? root.secretAccessKey,
})

function signable({ server }: Running, asked: Asked, headers: Record<string, string>): SignableRequest {
  const own = asked.at === undefined ? { 'amz-sdk-invocation-id': randomUUID() } : {}
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: { host: new URL(server.url).host, ...headers, ...own, ...asked.headers },
    payloadHash: sha256Hex(bytesOf(asked)),
  }
}

function sent(request: SignableRequest, asked: Asked, signature: Record<string, string>): Signed {
  const { host: _, ...headers } = { ...request.headers, ...signature } as Record<string, string>
  return { headers, body: bytesOf(asked) }
}

function bytesOf({ body = {} }: Asked): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body)
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}
