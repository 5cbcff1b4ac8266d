import type { FastifyInstance } from 'fastify'
import type { Api } from '../api/api.ts'
import type { EventStreams } from '../api/event-stream.ts'
import { received } from '../request/received.ts'
import { sendReply } from './app.ts'

/** `GET /events`, signed like an API request: changes of keys, as they happen. */
export function eventRoute(app: FastifyInstance, api: Api, streams: EventStreams): void {
  app.get('/events', async (message, reply) => {
    const outcome = await api.authorizeStream(received(message.raw, Buffer.alloc(0)))
    if (typeof outcome !== 'function') return sendReply(reply, outcome)
    reply.hijack()
    streams.start(reply.raw, outcome)
  })
}
