import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HufuError } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer } from '../src/index.ts'
import { ask } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

describe('an operator', () => {
  let running: Running
  let consoleDir: string

  beforeAll(async () => {
    consoleDir = await mkdtemp(join(tmpdir(), 'hufu-console-'))
    await writeFile(join(consoleDir, 'index.html'), '<h1>console</h1>')
    running = await start(undefined, { consoleDir })
  })
  afterAll(async () => {
    await running?.close()
    await rm(consoleDir, { recursive: true })
  })

  const get = (path: string) => fetch(running.server.url + path, { redirect: 'manual' })

  it('sees that it lives and is ready', async () => {
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
  })

  it('reads metrics of actions and outcomes', async () => {
    await ask('aws', running, { action: 'ListKeys' })
    await ask('tencent', running, { action: 'MakeCoffee' })
    const metrics = await (await get('/metrics')).text()
    expect(metrics).toContain('hufu_kms_requests_total{dialect="aws",action="kms:ListKeys",outcome="ok"} 1')
    expect(metrics).toContain('hufu_kms_requests_total{dialect="tencent",action="",outcome="InvalidAction"} 1')
  })

  it('gets the console, guarded, and nothing beside it', async () => {
    const page = await get('/console/')
    expect(await page.text()).toContain('console')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect((await get('/console')).headers.get('location')).toBe('/console/')
    expect((await get('/console/..%2f..%2fetc/passwd')).status).not.toBe(200)
  })

  it('is told where things are on any other path', async () => {
    const response = await get('/nowhere')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ hint: expect.stringContaining('/console/') })
  })

  it('is told that a port is taken', async () => {
    const again = startServer({ kms: running.kms, host: '127.0.0.1', port: running.server.port })
    await expect(again).rejects.toMatchObject({ code: 'PortInUse', hint: expect.stringContaining('--kms-port') })
  })

  it('is told that an address is not of this machine', async () => {
    const elsewhere = startServer({ kms: running.kms, host: '192.0.2.1', port: 0 })
    await expect(elsewhere).rejects.toMatchObject({ code: 'CannotListen' })
  })

  it('does not mind a client that leaves in the middle of its request', async () => {
    const socket = connect(running.server.port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"half":')
    await new Promise((sent) => socket.write('"', sent))
    const closed = new Promise((end) => socket.once('close', end))
    socket.resetAndDestroy()
    await closed
    expect((await get('/healthz')).status).toBe(200)
  })

  it('sees an endless body refused and cut off', async () => {
    const socket = connect(running.server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const answer = new Promise<string>((told) => socket.once('data', (data) => told(data.toString())))
    for (let i = 0; i < 17; i++) socket.write(chunk)
    const text = await answer
    expect(text).toContain('413')
    expect(text.toLowerCase()).toContain('connection: close')
    socket.destroy()
  })

  it.each([
    ['HELLO\r\n\r\n', '400'],
    [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, '431'],
  ])('sees what is not HTTP cut off', async (bytes, status) => {
    const socket = connect(running.server.port, '127.0.0.1')
    socket.write(bytes)
    const chunks = await socket.toArray()
    expect(Buffer.concat(chunks).toString()).toContain(status)
  })
})

it('is not ready when the KMS is not, or does not say', async () => {
  let ready = async (): Promise<void> => {
    throw new HufuError('Unavailable', 'the store does not answer')
  }
  const running = await start(() => ({ ready: () => ready() }))
  const down = await fetch(`${running.server.url}/readyz`)
  expect(down.status).toBe(503)
  expect(await down.text()).toContain('the store does not answer')
  ready = () => new Promise(() => {})
  expect((await fetch(`${running.server.url}/readyz`)).status).toBe(503)
  await running.close()
})

it('says that the audit can not be signed, and goes on', async () => {
  const failure = new HufuError('Integrity', 'the stored audit log is not what its last checkpoint signed')
  const running = await start((kms) => ({ proof: Object.create(kms.proof, { failure: { value: failure } }) }))
  const ready = await fetch(`${running.server.url}/readyz`)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toEqual({
    status: 'ready',
    warning: 'the audit is not signed now: the stored audit log is not what its last checkpoint signed',
  })
  const metrics = await (await fetch(`${running.server.url}/metrics`)).text()
  expect(metrics).toContain('hufu_audit_checkpoint_failing 1')
  await running.close()
})

it('closes when what is in flight is answered', async () => {
  const gate = latch()
  const entered = latch()
  const running = await start((kms) => ({
    as: (caller) =>
      Object.create(kms.as(caller), {
        keysAfter: {
          async value() {
            entered.open()
            await gate.opened
            return { keys: [], next: null }
          },
        },
      }),
  }))
  const answer = ask('aws', running, { action: 'ListKeys' })
  await entered.opened
  const closed = running.server.close()
  gate.open()
  expect(await answer).toMatchObject({ status: 200, error: null })
  await closed
  await expect(fetch(`${running.server.url}/healthz`)).rejects.toThrow()
  await running.close()
})

function latch() {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
