import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer } from '../src/index.ts'
import { type Asked, ask, awsRequest } from './support/ask.ts'
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

function post(trusted: string | undefined, asked: Asked = { action: 'ListKeys' }): Promise<number | undefined> {
  const { headers, body } = awsRequest(running, asked)
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

it('tells policies which requests came by TLS, whatever their headers say', async () => {
  const statements = [
    { Effect: 'Allow', Principal: { AWS: running.root.principal }, Action: 'kms:*', Resource: '*' },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:Encrypt',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  const { keyId } = await running.keys.createKey({ policy })
  const asked = { action: 'Encrypt', body: { KeyId: keyId, Plaintext: 'eA==' } }
  const plain = await startServer({ kms: running.kms, host: '127.0.0.1', port: 0 })
  try {
    expect(await post(ca, asked)).toBe(200)
    const forged = { ...asked, headers: { 'x-forwarded-proto': 'https' } }
    expect(await ask('aws', { ...running, server: plain }, forged)).toMatchObject({ error: 'AccessDeniedException' })
  } finally {
    await plain.close()
  }
})
