import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

const TIMEOUT = 60_000

/** A connection, and all that comes back on it until it is closed. */
function opened({ server }: Running, text: string): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(server.port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('error', () => {})
  socket.on('data', (chunk) => chunks.push(chunk))
  const answer = new Promise<string>((told) => socket.once('close', () => told(Buffer.concat(chunks).toString())))
  if (text !== '') socket.write(text)
  return { socket, answer }
}

describe('what never becomes a request is answered, closed and in the audit:', () => {
  let usual: Running
  let hasty: Running
  beforeAll(async () => {
    usual = await start()
    hasty = await start(undefined, { connections: { headersTimeout: 500, requestTimeout: 1_000 } })
  })
  afterAll(async () => {
    await usual?.close()
    await hasty?.close()
  })

  async function isRefused(running: Running, text: string, status: string, detail: string): Promise<void> {
    const before = await running.kms.audit.list()
    const answer = await opened(running, text).answer
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain('MalformedRequest')
    const after = await running.kms.audit.list()
    expect(after).toHaveLength(before.length + 1)
    expect(after.at(-1)).toMatchObject({ outcome: 'MalformedRequest', principal: null, sourceIp: '127.0.0.1' })
    expect(after.at(-1)?.detail).toContain(detail)
  }

  it.each([
    ['what is not HTTP', 'HELLO\r\n\r\n', '400', 'that HTTP allows'],
    ['headers that are too large', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, '431', '16384 bytes'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', '400', ''],
  ])('%s', { timeout: TIMEOUT }, (_what, text, status, detail) => isRefused(usual, text, status, detail))

  it.each([
    ['headers that never end', 'POST / HTTP/1.1\r\nhost: a\r\n'],
    ['a body that never ends', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{'],
  ])('%s', { timeout: TIMEOUT }, (_what, text) => isRefused(hasty, text, '408', 'in time'))

  it('but nothing of who opens a connection and says nothing', { timeout: TIMEOUT }, async () => {
    const before = await hasty.kms.audit.list()
    expect(await opened(hasty, '').answer).toBe('')
    expect(await hasty.kms.audit.list()).toEqual(before)
  })
})

describe('more connections than there may be', () => {
  let running: Running
  beforeAll(async () => {
    running = await start(undefined, { connections: { connections: 2 } })
  })
  afterAll(() => running?.close())

  it('are closed as they come, and taken again when there is room', { timeout: TIMEOUT }, async () => {
    const asked = 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'
    const there = [opened(running, asked), opened(running, asked)]
    await Promise.all(there.map(({ socket }) => once(socket, 'data')))
    expect(await opened(running, asked).answer).toBe('')
    for (const { socket } of there) socket.destroy()
    const again = () =>
      ask('aws', running, { action: 'ListKeys' }).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(again, { timeout: TIMEOUT / 2 }).toBe(200)
  })
})
