import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { type SignableRequest, sha256Hex } from '@hufu/wire'
import { type ClientCertificate, clientCertificate } from './client-certificate.ts'

/** One API request as it came in, whole, before anything of it is believed. */
export interface Received extends SignableRequest {
  readonly requestId: string
  readonly sourceIp: string
  /** Whether it came by TLS, by the socket: what a header says of it is not believed. */
  readonly secure: boolean
  /** The client's, where it was asked for one and has one; not checked yet. */
  readonly certificate: ClientCertificate | null
  readonly body: Buffer
}

/** What is asked of a message; of one that HTTP could not read there is the socket alone. */
type Message = Pick<IncomingMessage, 'socket' | 'url' | 'method' | 'headers'>

export function received(message: Message, body: Buffer): Received {
  const { path, query } = splitTarget(message.url ?? '/')
  return {
    requestId: randomUUID(),
    sourceIp: message.socket.remoteAddress ?? '',
    secure: message.socket instanceof TLSSocket,
    certificate: clientCertificate(message.socket),
    method: message.method ?? '',
    path,
    query,
    headers: message.headers,
    payloadHash: sha256Hex(body),
    body,
  }
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

/** A header that is there once, or nothing. */
export function header(request: Pick<SignableRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
