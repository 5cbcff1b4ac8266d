import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { EventStreams } from '../src/api/event-stream.ts'

let listeners: number
let streams: EventStreams
let server: Server

beforeEach(async () => {
  listeners = 0
  streams = new EventStreams({
    connected: true,
    subscribe() {
      listeners++
      return () => listeners--
    },
  })
  server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(() => void server.close().closeAllConnections())

/** A caller and the answer that it waits for. */
async function asked() {
  const caller = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  const gone = once(caller, 'error')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  return { caller, response, gone }
}

it('a stream stops listening when its caller goes', async () => {
  const { caller, response, gone } = await asked()
  streams.start(response, async () => true)
  expect(listeners).toBe(1)
  caller.destroy(new Error('gone'))
  await Promise.all([once(response, 'close'), gone])
  expect(listeners).toBe(0)
})

it('a caller that went while it was let in is not listened for', async () => {
  const { caller, response, gone } = await asked()
  caller.destroy(new Error('gone'))
  await Promise.all([once(response, 'close'), gone])
  streams.start(response, async () => true)
  expect(listeners).toBe(0)
})

it('no stream begins once the server closes', async () => {
  const { response, gone } = await asked()
  streams.close()
  streams.start(response, async () => true)
  await gone
  expect(listeners).toBe(0)
})

it('a stream ends when its caller may no more', async () => {
  const { caller, response } = await asked()
  let may = true
  streams.start(response, async () => may)
  const [answer] = (await once(caller, 'response')) as [IncomingMessage]
  const [sign] = await once(answer, 'data')
  expect(String(sign)).toContain('event: status')
  may = false
  await once(answer, 'end')
  await vi.waitFor(() => expect(listeners).toBe(0), { timeout: 30_000 })
})
