import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Hufu } from '../../src/index.ts'
import { type Served, serve } from '../support/server.ts'
import { Chromium } from './chromium.ts'

const sizes = [0, 1, 5_000, 65_536, 65_537, 1_000_003]
const context = { film: '影武者' }
const page = readFileSync(new URL('page.html', import.meta.url))
const built = fileURLToPath(new URL('../../dist/browser/', import.meta.url))

const plaintexts = new Map(sizes.map((size) => [String(size), randomBytes(size)]))
const sealed = new Map<string, Uint8Array>()
const posted = new Map<string, Buffer>()
let served: Served
let node: Hufu
let ended: (told: string) => void
const end = new Promise<string>((resolve) => {
  ended = resolve
})
const site = createServer((incoming, answer) => void serveSite(incoming, answer))

beforeAll(async () => {
  served = await serve('a')
  node = new Hufu({ regions: [served.region] })
  for (const [size, plaintext] of plaintexts)
    sealed.set(size, await node.encrypt(plaintext, { keys: ['alias/films'], context }))
  await once(site.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  site.closeAllConnections()
  site.close()
  node?.[Symbol.dispose]()
  await served?.[Symbol.asyncDispose]()
})

/** The page, the built modules, what the page asks for and posts, and the KMS behind the same origin. */
async function serveSite(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const path = incoming.url ?? '/'
  const [, what = '', size = ''] = path.split('/')
  if (incoming.headers['x-amz-target'] !== undefined) return forward(incoming, answer)
  if (what === 'browser') return void javascript(answer, path.slice('/browser/'.length))
  if (path === '/end') ended((await buffer(incoming)).toString())
  else if (incoming.method === 'POST') posted.set(`${what} ${size}`, await buffer(incoming))
  const bodies: Record<string, Uint8Array | string | undefined> = {
    '': page,
    plan: JSON.stringify({ credentials: served.credentials, region: 'a', context, sizes }),
    sealed: sealed.get(size),
    plaintext: plaintexts.get(size),
  }
  answer.setHeader('content-type', what === '' ? 'text/html' : 'application/octet-stream').end(bodies[what] ?? '')
}

function javascript(answer: ServerResponse, name: string): void {
  if (!/^[a-z0-9-]+\.js$/.test(name)) return void answer.writeHead(404).end()
  answer.setHeader('content-type', 'text/javascript')
  createReadStream(built + name).pipe(answer)
}

/** The host stays the page's: it is what the request was signed for. */
function forward(incoming: IncomingMessage, answer: ServerResponse): void {
  const { port } = new URL(served.server.url)
  const options = { port, host: '127.0.0.1', method: 'POST', path: '/', headers: incoming.headers }
  const onward = request(options, (response) => {
    answer.writeHead(response.statusCode ?? 502, { 'content-type': 'application/json' })
    response.pipe(answer)
  })
  onward.on('error', () => answer.destroy())
  incoming.pipe(onward)
}

it('a page in Chromium opens what Node sealed, and seals what Node opens', { timeout: 300_000 }, async () => {
  const { port } = site.address() as AddressInfo
  await using browser = new Chromium(`http://127.0.0.1:${port}/`)
  expect(await Promise.race([end, browser.crashed()])).toBe('done')
  for (const [size, plaintext] of plaintexts) {
    expect(posted.get(`opened ${size}`)?.equals(plaintext), size).toBe(true)
    const fromBrowser = posted.get(`browser-sealed ${size}`) ?? Buffer.alloc(0)
    expect(Buffer.compare(await node.decrypt(fromBrowser, { context }), plaintext), size).toBe(0)
    expect(posted.get(`refused ${size}`)?.toString()).toBe('DecryptionError DecryptionError')
  }
})
