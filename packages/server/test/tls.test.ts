import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awsRequest } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

const openssl = (...args: readonly string[]) => promisify(execFile)('openssl', args)

let dir: string
let running: Running
let ca: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-tls-'))
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const names = ['-subj', '/CN=hufu test', '-addext', 'subjectAltName=IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  await openssl('req', '-x509', ...kind, '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...names)
  ca = await readFile(cert, 'utf8')
  running = await start(undefined, { tls: { cert: ca, key: await readFile(key, 'utf8') } })
})
afterAll(async () => {
  await running?.close()
  await rm(dir, { recursive: true, force: true })
})

function post(trusted: string | undefined): Promise<number | undefined> {
  const { headers, body } = awsRequest(running, { action: 'ListKeys' })
  return new Promise((resolve, reject) => {
    const trust = trusted === undefined ? {} : { ca: trusted }
    const sent = request(running.server.url, { method: 'POST', headers, agent: false, ...trust }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    sent.once('error', reject).end(body)
  })
}

it('answers over https whoever knows its CA', async () => {
  expect(running.server.url).toMatch(/^https:/)
  expect(await post(ca)).toBe(200)
})

it('is not believed without its CA', async () => {
  await expect(post(undefined)).rejects.toThrow(/self.signed/)
})

it('does not speak TLS 1.1', async () => {
  const old = { host: '127.0.0.1', port: running.server.port, ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const
  const failed = new Promise<string>((resolve) => {
    const socket = connect(old, () => resolve('connected'))
    socket.once('error', () => resolve('refused')).once('close', () => resolve('refused'))
  })
  expect(await failed).toBe('refused')
})
