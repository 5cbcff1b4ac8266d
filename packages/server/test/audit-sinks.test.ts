import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTls } from 'node:tls'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { AuditStream, openSink } from '../src/index.ts'
import { type Running, start } from './support/running.ts'

const patience = { timeout: 45_000, interval: 50 }
const log = pino({ enabled: false })

let running: Running
let folder: string
let closers: (() => unknown)[]

beforeEach(async () => {
  closers = []
  folder = mkdtempSync(join(tmpdir(), 'hufu-sinks-'))
  running = await start()
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  await running?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function stream(url: string, ca?: string): Promise<AuditStream> {
  const opened = await AuditStream.start({ proof: running.kms.proof, sink: openSink(url, ca), folder, log })
  closers.push(() => opened.close())
  return opened
}

/** Listens on a free port, or on the one given, and ends with the test. */
async function listen(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const indices = (texts: readonly string[]): readonly number[] => texts.map((text) => JSON.parse(text).index)
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_none, index) => index)
const size = async (): Promise<number> => (await running.kms.proof.logs())[0]?.size ?? 0
const caughtUp = (of: AuditStream) => vi.waitFor(async () => expect(await of.lag()).toBe(0), patience)

/** The messages of octet counting; throws where a length is not that of a message. */
function messages(bytes: Buffer): readonly string[] {
  const found: string[] = []
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(' ', start)
    const end = space + 1 + Number(bytes.subarray(start, space).toString())
    const message = bytes.subarray(space + 1, end).toString()
    if (!message.startsWith('<')) throw new Error(`no message: ${message}`)
    if (end <= bytes.length) found.push(message)
    start = end
  }
  return found
}

const SYSLOG = /^<(109|110)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ hufu \d+ (\S+) - (\{.*\})$/

function body(message: string): string {
  const [, , , text] = SYSLOG.exec(message) ?? []
  if (text === undefined) throw new Error(`no syslog: ${message}`)
  return text
}

it('sends each record in a datagram of RFC 5424', async () => {
  const socket = createSocket('udp4')
  closers.push(() => socket.close())
  const heard: string[] = []
  socket.on('message', (message) => heard.push(message.toString()))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  await running.keys.createKey({})
  await running.keys.describeKey('alias/none').catch(() => {})
  await stream(`udp://127.0.0.1:${socket.address().port}`)
  const count = await size()
  await vi.waitFor(() => expect(heard).toHaveLength(count), patience)
  expect(indices(heard.map(body))).toEqual(upTo(count))
  expect(heard.find((message) => message.includes('"action":"CreateKey"'))).toMatch(/^<110>1 .* CreateKey - /)
  expect(heard.at(-1)).toMatch(/^<109>1 .* DescribeKey - /)
})

it('sends by TCP with octet counting, the records that come too, and connects again', async () => {
  const heard: Buffer[] = []
  const server = createTcp((socket) => socket.on('data', (bytes) => heard.push(bytes)).on('error', () => {}))
  const connections: Socket[] = []
  server.on('connection', (socket) => connections.push(socket))
  const following = await stream(`tcp://127.0.0.1:${await listen(server)}`)
  await running.keys.createKey({ description: 'größer' })
  const first = await size()
  await vi.waitFor(() => expect(messages(Buffer.concat(heard))).toHaveLength(first), patience)
  expect(indices(messages(Buffer.concat(heard)).map(body))).toEqual(upTo(first))
  connections[0]?.end()
  await once(connections[0] as Socket, 'close')
  await running.keys.createKey({})
  await vi.waitFor(() => expect(messages(Buffer.concat(heard)).length).toBeGreaterThan(first), patience)
  await caughtUp(following)
})

/** Two CAs, `ca.crt` and `other.crt`, and `c` with `k` of the first, for 127.0.0.1. Gives what reads such a file. */
function certificates(): (file: string) => string {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const pair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  for (const ca of ['ca', 'other'])
    openssl('req', '-x509', ...pair, '-days', '30', '-subj', `/CN=${ca}`, '-keyout', `${ca}.key`, '-out', `${ca}.crt`)
  openssl('req', ...pair, '-subj', '/CN=sink', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', 'k', '-out', 'csr')
  openssl(
    ...'x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -copy_extensions copy -out c'.split(' '),
  )
  return (file) => readFileSync(join(folder, file), 'utf8')
}

it('sends by TLS to a peer of the CA, and nothing to another one', async () => {
  const pem = certificates()
  const heard: Buffer[] = []
  let refused = 0
  const server = createTls({ cert: pem('c'), key: pem('k') }, (socket) => {
    socket.on('data', (bytes) => heard.push(bytes)).on('error', () => {})
  })
  server.on('connection', () => (refused += 1))
  const url = `tls://127.0.0.1:${await listen(server)}`
  await running.keys.createKey({})
  const wrong = await stream(url, pem('other.crt'))
  await vi.waitFor(() => expect(refused).toBeGreaterThan(1), patience)
  expect(await wrong.lag()).toBe(await size())
  await wrong.close()
  expect(heard).toEqual([])
  const following = await stream(url, pem('ca.crt'))
  await vi.waitFor(async () => expect(messages(Buffer.concat(heard))).toHaveLength(await size()), patience)
  await caughtUp(following)
})

it('posts JSON lines, catches up a sink that was down, and goes on where it was after a restart', async () => {
  const heard: string[] = []
  let status = 503
  const server = createHttp(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (status === 200) heard.push(...Buffer.concat(chunks).toString().trimEnd().split('\n'))
    response.writeHead(request.headers.authorization === `Basic ${btoa('me:pass word')}` ? status : 401).end()
  })
  let attempts = 0
  server.on('request', () => (attempts += 1))
  const url = `http://me:pass%20word@127.0.0.1:${await listen(server)}/audit?to=here`
  const following = await stream(url)
  await running.keys.createKey({})
  await vi.waitFor(() => expect(attempts).toBeGreaterThan(1), patience)
  expect(following.name).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/audit\?[0-9a-f]{8}$/)
  expect(await following.lag()).toBe(await size())
  status = 200
  await caughtUp(following)
  await following.close()
  await running.keys.createKey({})
  await caughtUp(await stream(url))
  expect(indices(heard)).toEqual(upTo(await size()))
  const texts = await running.kms.proof.texts(JSON.parse(String(heard[0])).log, 0, 1_000)
  expect(heard).toEqual(texts)
})

it('posts by https to a server of the CA, and nothing to another one', async () => {
  const pem = certificates()
  const heard: string[] = []
  let refused = 0
  const server = createHttps({ cert: pem('c'), key: pem('k') }, async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    heard.push(...text.trimEnd().split('\n'))
    response.end()
  })
  server.on('tlsClientError', () => (refused += 1))
  const url = `https://127.0.0.1:${await listen(server)}/audit`
  await running.keys.createKey({})
  for (const ca of [pem('other.crt'), undefined]) {
    const before = refused
    const wrong = await stream(url, ca)
    await vi.waitFor(() => expect(refused).toBeGreaterThan(before), patience)
    expect(await wrong.lag()).toBe(await size())
    await wrong.close()
  }
  expect(heard).toEqual([])
  await caughtUp(await stream(url, pem('ca.crt')))
  expect(indices(heard)).toEqual(upTo(await size()))
})

it('keeps apart the positions of two sinks that only their queries tell apart', async () => {
  const heard: Record<string, string[]> = { a: [], b: [] }
  const server = createHttp(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    heard[new URL(request.url ?? '', 'http://x').searchParams.get('to') ?? '']?.push(...text.trimEnd().split('\n'))
    response.end()
  })
  const url = `http://127.0.0.1:${await listen(server)}/audit`
  await running.keys.createKey({})
  const first = await stream(`${url}?to=a`)
  await caughtUp(first)
  const second = await stream(`${url}?to=b`)
  expect(second.name).not.toBe(first.name)
  await caughtUp(second)
  expect(heard.b).toEqual(heard.a)
  expect(indices(heard.b ?? [])).toEqual(upTo(await size()))
})

it('shows how far a sink that is down is behind, and answers meanwhile', async () => {
  const down = createTcp()
  const port = await listen(down)
  await new Promise((closed) => down.close(closed))
  const following = await stream(`tcp://127.0.0.1:${port}`)
  const again = await start(undefined, { auditStreams: [following] })
  closers.push(() => again.close())
  await running.keys.createKey({})
  const metrics = await (await fetch(`${again.server.url}/metrics`)).text()
  expect(metrics).toContain(`hufu_audit_sink_lag_records{sink="tcp://127.0.0.1:${port}"} ${await size()}`)
})

it('refuses a URL of another kind', () => {
  expect(() => openSink('ftp://127.0.0.1')).toThrow('expected a URL with udp')
})
