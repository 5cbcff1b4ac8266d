import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { Agent, get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { type Logger, pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LiveCertificate } from '../src/up/tls/live-certificate.ts'
import { liveCertificate } from '../src/up/tls/tls-files.ts'
import { hufu, RunningKms } from './support/hufu.ts'

const openssl = (...args: readonly string[]) => promisify(execFile)('openssl', args)
const KIND = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

let work: string
const file = (name: string): string => join(work, name)
/** The files that the system is given. */
const [cert, key] = ['cert.pem', 'key.pem'] as const

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'hufu-live-certificate-'))
  await openssl(
    'req',
    '-x509',
    ...KIND,
    '-days',
    '2',
    '-subj',
    '/CN=CA',
    '-keyout',
    file('ca-key.pem'),
    '-out',
    file('ca.pem'),
  )
  for (const name of ['first', 'second', 'third']) await issue(name)
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** A certificate of the CA for 127.0.0.1 with that common name, and its key. */
async function issue(name: string): Promise<void> {
  const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem'), '-CAcreateserial', '-days', '2']
  const request = [...KIND, '-subj', `/CN=${name}`, '-keyout', file(`${name}-key.pem`), '-out', file(`${name}.csr`)]
  writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1')
  await openssl('req', ...request)
  await openssl(
    'x509',
    '-req',
    '-in',
    file(`${name}.csr`),
    ...signed,
    '-extfile',
    file('names'),
    '-out',
    file(`${name}.pem`),
  )
}

function give(name: string): void {
  for (const [from, to] of [
    [`${name}.pem`, cert],
    [`${name}-key.pem`, key],
  ] as const)
    writeFileSync(file(to), readFileSync(file(from)))
}

/** The common name of the certificate behind the connection that answered. */
function asked(endpoint: string, agent: Agent | false = false): Promise<string | string[] | undefined> {
  return new Promise((resolve, reject) => {
    get(`${endpoint}/healthz`, { ca: readFileSync(file('ca.pem')), agent }, (response) => {
      const { CN } = (response.socket as TLSSocket).getPeerCertificate().subject
      response.resume().once('end', () => resolve(CN))
    }).once('error', reject)
  })
}

describe('certificate files replaced under a running system', () => {
  const running = new RunningKms()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  beforeAll(async () => {
    give('first')
    await running.start([
      '--pkcs11',
      'off',
      '--s3-port',
      '0',
      '--tls-cert',
      file(cert),
      '--tls-key',
      file(key),
      '--log',
      'silent',
    ])
  })
  afterAll(async () => {
    agent.destroy()
    await running[Symbol.asyncDispose]()
  })

  const endpoints = () => [running.credentials.kmsEndpoint, running.credentials.s3Endpoint ?? '']

  it('are served to new connections of every port after SIGHUP, and open ones go on', async () => {
    const [kms = '', s3 = ''] = endpoints()
    for (const endpoint of endpoints()) expect(await asked(endpoint)).toBe('first')
    expect(await asked(kms, agent)).toBe('first')
    give('second')
    running.signal('SIGHUP')
    await expect.poll(() => asked(kms)).toBe('second')
    expect(await asked(kms, agent)).toBe('first')
    await expect.poll(() => asked(s3)).toBe('second')
  })

  it('are left alone while they are broken, and taken when they are whole again', async () => {
    writeFileSync(file(cert), readFileSync(file('third.pem')))
    running.signal('SIGHUP')
    expect(await asked(endpoints()[0] ?? '')).toBe('second')
    writeFileSync(file(key), readFileSync(file('third-key.pem')))
    running.signal('SIGHUP')
    for (const endpoint of endpoints()) await expect.poll(() => asked(endpoint)).toBe('third')
  })
})

describe('a look at the certificate files', () => {
  const settings = () => ({ tls: undefined, tlsCert: file(cert), tlsKey: file(key), host: '127.0.0.1' })
  const lines: string[] = []
  const log: Logger = pino({}, { write: (line: string) => void lines.push(line) })
  const open = async (): Promise<LiveCertificate> => {
    give('first')
    lines.length = 0
    const live = await liveCertificate(settings(), work, log)
    if (live === null) throw new TypeError('expected a certificate')
    return live
  }
  afterEach(() => vi.useRealTimers())

  it('comes by itself within a minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const live = await open()
    const served = new Promise((renewTls) => live.serve({ renewTls }))
    give('second')
    vi.advanceTimersByTime(60_000)
    expect(await served).toEqual({
      cert: readFileSync(file('second.pem'), 'utf8'),
      key: readFileSync(file('second-key.pem'), 'utf8'),
    })
    await live.close()
  })

  it.each([
    [
      'a certificate of another key',
      () => writeFileSync(file(cert), readFileSync(file('second.pem'))),
      /is not that of/,
    ],
    ['no certificate', () => writeFileSync(file(cert), 'none'), /expected a certificate in PEM/],
    ['no key', () => writeFileSync(file(key), ''), /expected a private key/],
    ['a file that is gone', () => rmSync(file(key)), /ENOENT/],
  ])('keeps what it has when it finds %s, and tells the log once', async (_, damage, told) => {
    const live = await open()
    const listener = { renewTls: vi.fn() }
    live.serve(listener)
    damage()
    await live.look()
    await live.look()
    expect(listener.renewTls).not.toHaveBeenCalled()
    expect(live.files.cert).toBe(readFileSync(file('first.pem'), 'utf8'))
    expect(lines).toEqual([expect.stringMatching(told)])
    give('second')
    await live.look()
    expect(listener.renewTls).toHaveBeenCalledOnce()
    await live.close()
  })

  it('refuses to start with files that do not belong together, and says which', async () => {
    give('first')
    writeFileSync(file(key), readFileSync(file('second-key.pem')))
    const args = ['up', '--data', file('data'), '--kms-port', '0', '--s3-port', '0', '--pkcs11', 'off']
    const { code, stderr } = await hufu([...args, '--tls-cert', file(cert), '--tls-key', file(key)])
    expect({ code, stderr }).toEqual({
      code: 8,
      stderr: expect.stringContaining(`the key in ${file(key)} is not that of`),
    })
  })
})
