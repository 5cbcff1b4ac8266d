import { HufuError } from '@hufu/wire'
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { Api, type RateLimits } from './api/api.ts'
import { EventStreams } from './api/event-stream.ts'
import type { RevokedSerials } from './authenticate/certificates.ts'
import { Signers } from './authenticate/signers.ts'
import { createApp, renewTls, type TlsFiles } from './http/app.ts'
import { eventRoute } from './http/event-route.ts'
import { type ConnectionLimits, connectionLimits } from './http/limits.ts'
import type { KmsPort } from './kms-port.ts'
import { consoleRoutes } from './operate/console.ts'
import { operatorRoutes } from './operate/health.ts'
import { type LaggingStream, Metrics } from './operate/metrics.ts'

export interface ServerOptions {
  readonly kms: KmsPort
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  readonly log?: Logger
  /** Without limits when absent. */
  readonly limits?: RateLimits
  /** How long and how many connections may be, where not as usual. */
  readonly connections?: Partial<ConnectionLimits>
  /** Client certificates that count no more; none unless told. Asked for every request that comes with one. */
  readonly revoked?: RevokedSerials
  /** HTTPS when given, else HTTP. */
  readonly tls?: TlsFiles
  /** The console's built files, served at `/console/`. */
  readonly consoleDir?: string
  /** What sends the audit elsewhere: `/metrics` shows how far behind it is. The server does not close it. */
  readonly auditStreams?: readonly LaggingStream[]
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  /** New connections are served with this certificate. Throws `TypeError` when the server has none. */
  renewTls(tls: TlsFiles): void
  /** Takes no more connections, answers what is in flight, ends the event streams. The KMS stays open. */
  close(): Promise<void>
}

/** Serves both dialects over HTTP. Throws `PortInUse` when somebody else has the port. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { kms, log = pino({ enabled: false }), clock = Date.now, consoleDir } = options
  const metrics = new Metrics(options.auditStreams ?? [], kms.proof)
  const signers = new Signers(kms.identities)
  const api = new Api({
    kms,
    signers,
    revoked: options.revoked ?? NONE_REVOKED,
    clock,
    metrics,
    log,
    limits: options.limits ?? UNLIMITED,
  })
  const unsubscribe = kms.events.subscribe(({ keyId }) => keyId === '*' && signers.forget())
  const streams = new EventStreams(kms.events)
  const app = createApp(api, { ...connectionLimits, ...options.connections }, options.tls)
  operatorRoutes(app, kms, metrics)
  eventRoute(app, api, streams)
  if (consoleDir !== undefined) await consoleRoutes(app, consoleDir)
  const port = await listen(app, options)
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    renewTls: (tls) => renewTls(app, { ...options.tls, ...tls }),
    async close() {
      streams.close()
      await app.close()
      unsubscribe()
      await api.close()
      signers.close()
    },
  }
}

const NONE_REVOKED: RevokedSerials = async () => new Set()
const UNLIMITED: RateLimits = { perIdentity: 0, perAddress: 0 }

async function listen(app: FastifyInstance, { host, port }: ServerOptions): Promise<number> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    await app.close()
    throw listenError(cause, host, port)
  }
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new TypeError('expected a TCP server')
  return address.port
}

function listenError(cause: unknown, host: string, port: number): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') return new HufuError('PortInUse', `port ${port} of ${host} is in use`, { cause })
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES')
    return new HufuError('CannotListen', `can not listen on port ${port} of ${host}`, { cause })
  return cause
}
