import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { HufuError } from '@hufu/wire'
import type { Api } from '../api/api.ts'
import type { Reply } from '../dialect/dialect.ts'
import { received } from '../request/received.ts'
import { BODY_LIMIT, DISCARD_LIMIT } from './limits.ts'

/**
 * Answers API requests on the bare HTTP server: they are nearly all requests there are, and a router has
 * nothing to route in them.
 */
export const apiRoute = (api: Api) => (message: IncomingMessage, response: ServerResponse, server: Server) => {
  collect(message, (body) => {
    const answered =
      body === null ? api.refuse(received(message, NOTHING), tooLarge()) : api.handle(received(message, body))
    answered.then((reply) => send(response, reply, body !== null && server.listening))
  })
}

const NOTHING = Buffer.alloc(0)

/**
 * Calls back once with the whole body, or with null when it is too large: after reading the rest of it where
 * that is not much, so that a client that is still sending gets to read its answer.
 */
function collect(message: IncomingMessage, done: (body: Buffer | null) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  const end = (): void => {
    message.off('data', data)
    message.off('end', end)
    const [only = NOTHING] = chunks
    if (size > BODY_LIMIT) done(null)
    else done(chunks.length <= 1 ? only : Buffer.concat(chunks))
  }
  const data = (chunk: Buffer): void => {
    size += chunk.length
    if (size <= BODY_LIMIT) chunks.push(chunk)
    else if (size > DISCARD_LIMIT) end()
  }
  message.on('data', data)
  message.on('end', end)
}

/** `keep`: whether the connection may serve another request. */
function send(response: ServerResponse, { status, contentType, body, requestId }: Reply, keep: boolean): void {
  if (!keep) response.setHeader('connection', 'close')
  if (requestId !== undefined) response.setHeader('x-amzn-RequestId', requestId)
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const tooLarge = (): HufuError => new HufuError('BodyTooLarge', `expected a body of at most ${BODY_LIMIT} bytes`)
