import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const heard: Record<string, string>[] = [{}, {}]
const kms = new RunningKms()
let servers: readonly Server[] = []

beforeAll(async () => {
  servers = heard.map((records) =>
    createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request.setEncoding('utf8')) text += chunk
      for (const line of text.trimEnd().split('\n')) records[JSON.parse(line).index] = JSON.parse(line).action
      response.end()
    }).listen(0, '127.0.0.1'),
  )
  await Promise.all(servers.map((server) => server.listening || once(server, 'listening')))
  const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await kms.start(['--pkcs11', 'off', ...urls.flatMap((url) => ['--audit-sink', url])])
})
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  for (const server of servers) server.close().closeAllConnections()
})

it('sends the audit to every sink of hufu up, and ends while it does', async () => {
  await kms.json('key', 'create', '--alias', 'films')
  await vi.waitFor(
    () => {
      for (const records of heard) expect(Object.values(records)).toContain('CreateKey')
    },
    { timeout: 45_000, interval: 100 },
  )
  expect(await kms.end('SIGTERM')).toBe(0)
})

it('names a sink of another kind', async () => {
  const { code, stderr } = await hufu(['up', '--audit-sink', 'udp://127.0.0.1:514', '--audit-sink', 'ftp://127.0.0.1'])
  expect(code).toBe(2)
  expect(stderr).toContain('auditSink (--audit-sink): expected URLs with udp, tcp, tls, http or https')
})
