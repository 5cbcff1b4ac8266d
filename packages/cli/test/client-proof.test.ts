import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { defineEncryption } from '@hufu/postgres'
import { Hufu, httpKeyService, httpRegionPeer, hufuRegion, localRegion } from '@hufu/sdk'
import { type KeyService, sha256Hex, signSigV4 } from '@hufu/wire'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { TestCa, type TestPair } from '../../server/test/support/test-ca.ts'
import { command, RunningKms } from './support/hufu.ts'

const LONG = { timeout: 240_000 }
const SOON = { timeout: 30_000 }
const USERS = 'arn:aws:iam::000000000001:user'
const kms = new RunningKms()
const work = mkdtempSync(join(tmpdir(), 'hufu-client-proof-'))
const file = (name: string): string => join(work, name)
let pair: TestPair
let powerless: TestPair
let stranger: TestPair
let caFile: string
let ca: string
let endpoint: string

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command with nothing in its environment that proves who asks, but what is given. */
function hufu(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const whole = { PATH: process.env.PATH, HOME: '/nonexistent', ...env }
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env: whole }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

async function done(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await hufu(args, env)
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  return stdout
}

beforeAll(async () => {
  const [clients, others] = [new TestCa(work, 'clients'), new TestCa(work, 'others')]
  await Promise.all([clients.make(), others.make()])
  pair = await clients.issue('adapter', `URI:${USERS}/adapter`)
  powerless = await clients.issue('powerless', `URI:${USERS}/powerless`)
  stranger = await others.issue('stranger', `URI:${USERS}/adapter`)
  await kms.start(['--pkcs11', 'off', '--tls', 'own', '--tls-client-ca', file('clients.pem')])
  caFile = join(kms.data, 'tls', 'ca.pem')
  ca = readFileSync(caFile, 'utf8')
  endpoint = kms.credentials.kmsEndpoint
  const own = ['--data', kms.data]
  writeFileSync(file('all.json'), JSON.stringify(all))
  const users = ['adapter', 'powerless'].map((user) => done(['user', 'create', user, ...own]))
  await Promise.all([done(['key', 'create', '--alias', 'films', ...own]), ...users])
  await Promise.all([
    done(['user', 'put-policy', 'adapter', 'all', file('all.json'), ...own]),
    done(['user', 'attach', 'powerless', 'HufuAdapter', ...own]),
  ])
}, LONG.timeout)
afterEach(() => vi.unstubAllEnvs())
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const files = ({ files: { cert, key } }: TestPair) => ({ certificateFile: cert, keyFile: key })
const http = () => ({ endpoint, region: 'local-1', ca })
const use = (keys: KeyService) => keys.generateDataKey({ keyId: 'alias/films', context: {} })
const proof = ({ files: { cert, key } }: TestPair) => ({ HUFU_CLIENT_CERT: cert, HUFU_CLIENT_KEY: key })
const stub = (env: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
}

describe('in a program', () => {
  it.each(['aws', 'tencent'] as const)('the key service by the %s wire signs nothing', async (wire) => {
    const keys = [httpKeyService({ ...http(), wire, ...files(pair) })]
    stub(proof(pair))
    keys.push(httpKeyService({ ...http(), wire }))
    for (const service of keys) {
      expect((await use(service)).plaintext).toHaveLength(32)
      await service.close()
    }
    const last = await kms.json('audit', 'list', '--action', 'GenerateDataKey', '--limit', '1')
    const serial = new X509Certificate(pair.cert).serialNumber
    expect(last).toMatchObject({ principal: `${USERS}/adapter`, accessKeyId: `x509:${serial}`, outcome: 'ok' })
  })

  it('a region seals and opens, and hears changes of keys', async () => {
    const region = hufuRegion({ ...http(), ...files(pair) })
    using hufu = new Hufu({ regions: [region] })
    const sealed = await hufu.encrypt('the order', { keys: ['alias/films'], context: {} })
    expect(Buffer.from(await hufu.decrypt(sealed, { context: {} })).toString()).toBe('the order')
    await expect.poll(() => region.events?.connected, SOON).toBe(true)
    await region.close()
  })

  it('the region of a data directory takes the certificate of the environment', async () => {
    stub(proof(powerless))
    const region = await localRegion({ data: kms.data })
    await expect(use(region.keys)).rejects.toMatchObject({ code: 'AccessDenied' })
    await region.close()
  })

  it('columns take the one given, or that of the environment', async () => {
    const columns = { 'people.name': { type: 'text', key: 'alias/films' } } as const
    const given = defineEncryption({ columns, kms: { endpoint, ca, ...files(pair) } })
    stub({ ...proof(pair), HUFU_ENDPOINT: endpoint, HUFU_CA: caFile })
    const found = defineEncryption({ columns })
    for (const encryption of [given, found])
      expect((await use(encryption.identity(null).service)).plaintext).toHaveLength(32)
  })

  it('one that is renewed on disk is taken up by who runs', async () => {
    const renewed = { certificateFile: file('renewed.pem'), keyFile: file('renewed.key') }
    const put = ({ files: { cert, key } }: TestPair) => {
      copyFileSync(cert, renewed.certificateFile)
      copyFileSync(key, renewed.keyFile)
    }
    put(powerless)
    const keys = httpKeyService({ ...http(), ...renewed })
    const outcome = () =>
      use(keys).then(
        () => 'ok',
        ({ code }) => code,
      )
    expect(await outcome()).toBe('AccessDenied')
    writeFileSync(renewed.keyFile, 'half written')
    expect(await outcome()).toBe('AccessDenied')
    put(pair)
    await expect.poll(outcome, SOON).toBe('ok')
    await keys.close()
  })

  it('is told what is wrong', async () => {
    const outcome = async (more: object) => {
      const keys = httpKeyService({ ...http(), ...more })
      return use(keys).finally(() => keys.close())
    }
    await expect(outcome({})).rejects.toMatchObject({ code: 'MissingAuthentication' })
    await expect(outcome(files(stranger))).rejects.toMatchObject({ code: 'CertificateRefused' })
    await expect(outcome({ ...files(pair), endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'CertificateUnusable',
    })
    const peer = httpRegionPeer({ ...http(), ...files(pair) })
    await expect(peer.replicaKey()).rejects.toMatchObject({ code: 'MissingAuthentication' })
    await peer.close()
  })

  it('is told that a server breaks the connection for the certificate', async () => {
    const server = await new TestCa(work, 'clients').issue('server', 'IP:127.0.0.1', { usage: 'serverAuth' })
    const clients = readFileSync(file('clients.pem'), 'utf8')
    const strict = createServer({ ...server, ca: clients, requestCert: true, rejectUnauthorized: true })
    await once(strict.listen(0, '127.0.0.1'), 'listening')
    const there = { endpoint: `https://127.0.0.1:${(strict.address() as AddressInfo).port}`, ca: clients }
    const keys = httpKeyService({ ...http(), ...there, ...files(stranger), deadline: 30_000 })
    await expect(use(keys)).rejects.toMatchObject({ code: expect.stringMatching(/^(CertificateRefused|Unavailable)$/) })
    await keys.close()
    strict.closeAllConnections()
    strict.close()
  })
})

describe('on the command line', () => {
  const where = () => ['--endpoint', endpoint, '--ca', caFile]
  const flags = ({ files: { cert, key } }: TestPair) => ['--client-cert', cert, '--client-key', key]

  it('it is enough in every kind of command, by flags and by the environment', LONG, async () => {
    const [plain, sealed, volume] = [file('plain'), file('sealed'), file('volume')]
    writeFileSync(plain, 'the order')
    const env = { ...proof(pair), HUFU_ENDPOINT: endpoint, HUFU_CA: caFile }
    const given = [...where(), ...flags(pair)]
    await Promise.all([
      done(['key', 'describe', 'alias/films', ...given]),
      done(['user', 'list', ...given]),
      done(['encrypt', plain, '-k', 'alias/films', '-o', sealed, ...given]),
      done(['doctor'], env),
    ])
    expect(await done(['decrypt', sealed], env)).toBe('the order')
    expect(await done(['audit', 'list', '--limit', '1', '--json'], env)).toContain('x509:')
    const made = await hufu(['volume', 'init', volume, '-k', 'alias/films', ...given])
    expect(made).toMatchObject({ code: 0 })
  })

  it('a region of a regions file has one of its own', LONG, async () => {
    const { cert, key } = pair.files
    const a = { name: 'a', endpoint, ca: caFile, clientCert: cert, clientKey: key }
    writeFileSync(file('regions.json'), JSON.stringify({ regions: [a] }))
    writeFileSync(file('told'), 'the order')
    const regions = ['--regions', file('regions.json')]
    await done(['encrypt', file('told'), '-k', 'a:alias/films', '-o', file('told.hufu'), ...regions])
    expect(await done(['decrypt', file('told.hufu'), ...regions])).toBe('the order')
  })

  it('what is wrong is told, with what to type', LONG, async () => {
    const encrypted = file('encrypted.key')
    const { cert, key } = pair.files
    await promisify(execFile)('openssl', ['pkcs8', '-topk8', '-in', key, '-passout', 'pass:x', '-out', encrypted])
    const list = (...args: string[]) => hufu(['key', 'list', ...where(), ...args])
    const unusable: [string[], RegExp][] = [
      [['--client-cert', file('absent'), '--client-key', key], /can not read .*absent: ENOENT/],
      [['--client-cert', cert, '--client-key', powerless.files.key], /is not that of/],
      [['--client-cert', cert, '--client-key', encrypted], /without a passphrase/],
      [['--client-cert', cert], /only the certificate/],
    ]
    for (const [args, said] of unusable) {
      const told = await list(...args)
      expect(told).toMatchObject({ code: 2, stderr: expect.stringMatching(said) })
      expect(told.stderr).toMatch(/hint: .*--client-cert FILE --client-key FILE/)
    }
    const refused = await list(...flags(stranger))
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringMatching(/hint: .*--tls-client-ca/) })
  })
})

describe('the S3 proxy alone', () => {
  const children: ChildProcess[] = []
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
  })

  async function start(of: TestPair): Promise<string> {
    const args = ['up', '--only', 's3', '--s3-port', '0', '--data', file('proxy'), '--kms-endpoint', endpoint, '--json']
    const env = { PATH: process.env.PATH, HUFU_CA: caFile, ...proof(of) }
    const child = spawn(process.execPath, [command, ...args], { env })
    children.push(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
    return said
  }

  it('is a service by its certificate, and uses keys on behalf of its callers', LONG, async () => {
    const { s3Endpoint, accessKeyId } = JSON.parse(await start(pair))
    expect(accessKeyId).toBeUndefined()
    const s3 = async (method: string, path: string, body = '') => {
      const headers = { host: new URL(s3Endpoint).host }
      const request = { method, path, query: '', headers, payloadHash: sha256Hex(body) }
      const signed = signSigV4(request, kms.credentials, { region: 'local-1', service: 's3', at: Date.now() })
      const response = await fetch(s3Endpoint + path, { method, headers: signed, ...(body === '' ? {} : { body }) })
      return { status: response.status, text: await response.text() }
    }
    expect(await s3('PUT', '/films')).toMatchObject({ status: 200 })
    expect(await s3('PUT', '/films/order', 'the order')).toMatchObject({ status: 200 })
    expect(await s3('GET', '/films/order')).toEqual({ status: 200, text: 'the order' })
    const generated = await kms.json('audit', 'list', '--action', 'GenerateDataKey', '--limit', '1')
    expect(generated).toMatchObject({ via: 's3', outcome: 'ok', principal: expect.stringContaining(':root') })
  })

  it('does not start by a certificate that the KMS refuses', LONG, async () => {
    expect(await start(stranger)).toContain('CertificateRefused')
  })
})
