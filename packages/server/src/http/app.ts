import { HufuError } from '@hufu/wire'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Api } from '../api/api.ts'
import type { Reply } from '../dialect/dialect.ts'
import { received } from '../request/received.ts'
import { BODY_LIMIT, HEADER_LIMIT, HEADERS_TIMEOUT, IDLE_TIMEOUT, REQUEST_TIMEOUT } from './limits.ts'

/** The HTTP server with the API on every path that nothing else has: clients may put a prefix before it. */
export function createApp(api: Api): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: IDLE_TIMEOUT,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    http: { maxHeaderSize: HEADER_LIMIT, headersTimeout: HEADERS_TIMEOUT },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    send(request, reply, await api.handle(received(request.raw, bodyOf(request))))

  app.post('/', handle)
  app.post('/*', handle)
  app.get('/', handle)
  app.setNotFoundHandler((_request, reply) => {
    const body = { error: 'nothing is here', hint: 'the API is at /, the console at /console/, health at /healthz' }
    return reply.code(404).send(body)
  })
  app.setErrorHandler(async (error: Error & { code?: string }, request, reply) =>
    send(request, reply, await api.refuse(received(request.raw, Buffer.alloc(0)), requestError(error))),
  )
  return app
}

const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0))

function send(request: FastifyRequest, reply: FastifyReply, { status, contentType, body }: Reply): FastifyReply {
  void request
  return reply.code(status).header('content-type', contentType).send(body)
}

function requestError(error: Error & { code?: string }): HufuError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new HufuError('BodyTooLarge', `expected a body of at most ${BODY_LIMIT} bytes`, { cause: error })
  return new HufuError('MalformedRequest', 'expected a whole HTTP request', { cause: error })
}
