import type { FastifyInstance } from 'fastify'
import type { KmsPort } from '../kms-port.ts'
import type { Metrics } from './metrics.ts'

/** Milliseconds in which the KMS must say that it is ready. */
const READY_WITHIN = 2_000

/**
 * `/healthz`: the process lives. `/readyz`: store, backend and audit answer; that the audit can't be signed is a warning
 * there, not an outage. `/metrics`: for Prometheus.
 */
export function operatorRoutes(app: FastifyInstance, kms: Pick<KmsPort, 'ready' | 'proof'>, metrics: Metrics): void {
  app.get('/healthz', async () => ({ status: 'ok' }))

  app.get('/readyz', async (_request, reply) => {
    try {
      await within(READY_WITHIN, kms.ready())
      const { failure } = kms.proof
      return failure === null ? { status: 'ready' } : { status: 'ready', warning: unsigned(failure.message) }
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      return reply.code(503).send({ status: 'not ready', reason })
    }
  })

  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}

const unsigned = (why: string): string => `the audit is not signed now: ${why}`

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
