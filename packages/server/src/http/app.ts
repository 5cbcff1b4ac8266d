import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Api } from '../api/api.ts'
import type { Reply } from '../dialect/dialect.ts'
import { isTencent } from '../dialect/which-dialect.ts'
import { received } from '../request/received.ts'
import { apiRoute } from './api-route.ts'
import { refuseBroken } from './client-error.ts'
import { type ConnectionLimits, HEADER_LIMIT, IDLE_TIMEOUT } from './limits.ts'

const serverOptions = ({ headersTimeout, requestTimeout }: ConnectionLimits) => ({
  maxHeaderSize: HEADER_LIMIT,
  headersTimeout,
  requestTimeout,
  // So much later than it should be may a connection be cut off.
  connectionsCheckingInterval: headersTimeout / 2,
  keepAliveTimeout: IDLE_TIMEOUT,
  // A header given twice is what it is, and not its first value with the rest dropped: no signature covers it then.
  joinDuplicateHeaders: true,
})

/** In PEM. */
export interface TlsFiles {
  /** The certificate, and those between it and its CA. */
  readonly cert: string
  readonly key: string
  /** The authorities of client certificates, which are a proof then; without them none is asked for. */
  readonly clientCa?: string
}

/** TLS 1.2 or 1.3, and nothing older. */
const listener = (tls: TlsFiles | undefined, limits: ConnectionLimits, listen: RequestListener): Server =>
  tls === undefined
    ? createServer(serverOptions(limits), listen)
    : createSecureServer({ ...serverOptions(limits), ...secureContext(tls), ...asking(tls) }, listen)

const secureContext = ({ cert, key, clientCa }: TlsFiles) => ({
  cert,
  key,
  minVersion: 'TLSv1.2' as const,
  ...(clientCa === undefined ? {} : { ca: clientCa }),
})

/** Who has no certificate may sign; a bad one is refused by the API, which has a record of it then. */
const asking = ({ clientCa }: TlsFiles) => ({ requestCert: clientCa !== undefined, rejectUnauthorized: false })

/** Throws `TypeError` when the server speaks no TLS. */
export function renewTls({ server }: FastifyInstance, tls: TlsFiles): void {
  if (!(server instanceof SecureServer)) throw new TypeError('expected a server that speaks TLS')
  server.setSecureContext(secureContext(tls))
}

/** The HTTP server: every POST and every signed GET is for the API on any path: clients may put a prefix before it. */
export function createApp(api: Api, limits: ConnectionLimits, tls?: TlsFiles): FastifyInstance {
  const route = apiRoute(api)
  const app = Fastify({
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    clientErrorHandler: refuseBroken(api),
    serverFactory(rest): Server {
      const server: Server = listener(tls, limits, (message, response) => {
        if (message.method === 'POST') route(message, response, server)
        else rest(message, response)
      })
      server.maxConnections = limits.connections
      return server
    },
  })
  app.get('/', async ({ raw }, reply) => sendReply(reply, await api.handle(received(raw, Buffer.alloc(0)))))
  app.setNotFoundHandler(async ({ raw }, reply) => {
    const request = received(raw, Buffer.alloc(0))
    if (isTencent(request)) return sendReply(reply, await api.handle(request))
    const body = { error: 'nothing is here', hint: 'the API is at /, the console at /console/, health at /healthz' }
    return reply.code(404).send(body)
  })
  return app
}

export const sendReply = (reply: FastifyReply, { status, contentType, body }: Reply): FastifyReply =>
  reply.code(status).header('content-type', contentType).send(body)
