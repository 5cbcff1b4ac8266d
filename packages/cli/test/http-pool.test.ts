import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../../../test/compat/support/self-signed.ts'
import { Pool } from '../src/sealed/http-pool.ts'

const never = new AbortController().signal
const BODY_MAX = 100_000

/** Tells what it was asked; `/SIZE` is answered with so many bytes, and `/never` not at all. */
const answer: RequestListener = async (request, response) => {
  if (request.url === '/never') return
  const size = Number(request.url?.slice(1))
  const asked = await buffer(request)
  response.writeHead(asked.length === 0 ? 200 : 201, { 'x-length': String(request.headers['content-length']) })
  response.end(size > 0 ? Buffer.alloc(size, 0x5a) : asked)
}

describe.each(['http', 'https'])('connections by %s without undici', (protocol) => {
  let server: Server
  let origin: string
  let pool: Pool
  let ca: string
  const options = () => ({ connections: 4, maxResponseSize: BODY_MAX, connect: { timeout: 30_000, ca } })

  beforeAll(async () => {
    const { certificate, key } = await selfSigned()
    ca = certificate
    server = protocol === 'http' ? createServer(answer) : createTlsServer({ cert: ca, key }, answer)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    origin = `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`
    pool = new Pool(origin, options())
  })
  afterAll(async () => {
    await pool.destroy()
    server.closeAllConnections()
    server.close()
  })
  const ask = (path: string, body?: string | Uint8Array, signal = never) =>
    pool.request({
      method: 'POST',
      path,
      headers: { 'x-asked': 'yes' },
      ...(body === undefined ? {} : { body }),
      signal,
    })
  const read = async ({ body }: Awaited<ReturnType<typeof ask>>) => {
    const parts: Buffer[] = []
    for await (const part of body) parts.push(part)
    return Buffer.concat(parts)
  }

  it('send texts and bytes, and give status and body', async () => {
    for (const body of ['order', Buffer.from('order')]) {
      const told = await ask('/', body)
      expect(told.statusCode).toBe(201)
      expect((await read(told)).toString()).toBe('order')
    }
    expect((await ask('/')).statusCode).toBe(200)
  })

  it('take answers to the limit and none above', async () => {
    expect(await read(await ask(`/${BODY_MAX}`))).toHaveLength(BODY_MAX)
    await expect(ask(`/${BODY_MAX + 1}`).then(read)).rejects.toThrow(`at most ${BODY_MAX} bytes`)
  })

  it('end a request with the reason of its signal', async () => {
    const calling = new AbortController()
    const asked = ask('/never', undefined, calling.signal)
    const reason = new Error('called off')
    calling.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  it('tell that nobody listens', async () => {
    const lost = new Pool(`${protocol}://127.0.0.1:1`, options())
    const asked = lost.request({ method: 'GET', path: '/', headers: {}, signal: never })
    await expect(asked).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await lost.destroy()
  })
})
