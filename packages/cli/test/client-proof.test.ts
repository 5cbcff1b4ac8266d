import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { defineEncryption } from '@hufu/postgres'
import { type ApiClient, apiClient, Hufu, httpKeyService, httpRegionPeer, hufuRegion, localRegion } from '@hufu/sdk'
import type { KeyService } from '@hufu/wire'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { testDatabase } from '../../../integrations/postgres/test/support/database.ts'
import { TestCa, type TestPair } from '../../server/test/support/test-ca.ts'
import { queryCall } from '../src/identity/query-call.ts'
import { withApi } from '../src/system/connect.ts'
import { findSystem, httpOptions } from '../src/system/find-system.ts'
import { command, RunningKms } from './support/hufu.ts'
import { s3Client } from './support/s3-client.ts'

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
/** Whoever has signed as root. */
let root: ApiClient

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command with nothing in its environment that proves who asks, but what is given. */
function hufu(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const whole = { PATH: process.env.PATH, HOME: '/nonexistent', TMPDIR: work, ...env }
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
  const system = await findSystem({ data: kms.data }, {})
  root = apiClient({ wire: 'aws', ...httpOptions(system) })
  const { KeyMetadata } = (await root.call('TrentService.CreateKey', {})) as { KeyMetadata: { KeyId: string } }
  await root.call('TrentService.CreateAlias', { AliasName: 'alias/films', TargetKeyId: KeyMetadata.KeyId })
  for (const UserName of ['adapter', 'powerless']) await queryCall(system, 'iam', 'CreateUser', { UserName })
  const own = { UserName: 'adapter', PolicyName: 'all', PolicyDocument: JSON.stringify(all) }
  await queryCall(system, 'iam', 'PutUserPolicy', own)
  const stock = { UserName: 'powerless', PolicyArn: 'arn:aws:iam::aws:policy/HufuAdapter' }
  await queryCall(system, 'iam', 'AttachUserPolicy', stock)
}, LONG.timeout)
afterEach(() => vi.unstubAllEnvs())
afterAll(async () => {
  await hufu(['umount', '--lazy', file('mnt')])
  await root?.close()
  await kms[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

/** A mount says on stderr where its log is. */
async function mounted(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  expect(await hufu(args, env)).toMatchObject({ code: 0, stderr: expect.stringContaining(`${file('mnt')} shows `) })
}

/** The newest record of an action. */
async function lastRecord(Action: string): Promise<unknown> {
  const answer = await root.call('HufuService.ListAuditRecords', { Action, Limit: 1 })
  return (answer as { Records: readonly unknown[] }).Records[0]
}

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
    const AccessKeyId = `x509:${new X509Certificate(pair.cert).serialNumber}`
    const byIt = { Principal: `${USERS}/adapter`, AccessKeyId, Outcome: 'ok' }
    expect(await lastRecord('GenerateDataKey')).toMatchObject(byIt)
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

  it('is told by the alert of a server that takes no such certificate', async () => {
    const { files } = await new TestCa(work, 'clients').issue('alerting', 'IP:127.0.0.1', { usage: 'serverAuth' })
    const own = ['-cert', files.cert, '-key', files.key, '-CAfile', file('clients.pem')]
    // By TLS 1.2 the alert ends the handshake: nothing that is sent meanwhile can get in its way.
    const strict = ['-accept', '127.0.0.1:0', '-tls1_2', '-Verify', '1', '-verify_return_error']
    const server = spawn('openssl', ['s_server', ...own, ...strict], { stdio: ['pipe', 'pipe', 'ignore'] })
    try {
      const port = await printed(server.stdout, /ACCEPT .*:(\d+)/)
      expect(await outcomeAt(port)).toBe('CertificateRefused')
    } finally {
      server.kill('SIGKILL')
    }
  })

  it('is told of no answer by a server that ends the connection without an alert, as one of Node does', async () => {
    const server = await new TestCa(work, 'clients').issue('silent', 'IP:127.0.0.1', { usage: 'serverAuth' })
    const clients = readFileSync(file('clients.pem'), 'utf8')
    const strict = createServer({ ...server, ca: clients, requestCert: true, rejectUnauthorized: true })
    await once(strict.listen(0, '127.0.0.1'), 'listening')
    expect(await outcomeAt((strict.address() as AddressInfo).port)).toBe('Unavailable')
    strict.closeAllConnections()
    strict.close()
  })

  /** What a stranger's certificate comes to at a server of the clients' CA. */
  async function outcomeAt(port: number | string): Promise<string> {
    const there = { endpoint: `https://127.0.0.1:${port}`, ca: readFileSync(file('clients.pem'), 'utf8') }
    const keys = httpKeyService({ ...http(), ...there, ...files(stranger), deadline: 30_000 })
    const outcome = await use(keys).then(
      () => 'ok',
      ({ code }) => code,
    )
    await keys.close()
    return outcome
  }

  /** Waits for output, which is read on, and resolves to its first group. */
  function printed(output: Readable, wanted: RegExp): Promise<string> {
    let text = ''
    return new Promise((resolve, reject) => {
      output.on('data', (chunk) => {
        text += chunk
        const [, found] = wanted.exec(text) ?? []
        if (found !== undefined) resolve(found)
      })
      output.once('end', () => reject(new Error(`expected ${wanted}, received ${text}`)))
    })
  }
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
    await done(['volume', 'init', volume, '-k', 'alias/films', ...given])
    await mkdir(file('mnt'))
    await mounted(['mount', volume, file('mnt')], env)
    await writeFile(file('mnt/letter'), 'the letter')
    await done(['umount', file('mnt')])
    await mounted(['mount', volume, file('mnt'), '--read-only', ...given])
    expect(await readFile(file('mnt/letter'), 'utf8')).toBe('the letter')
    await done(['umount', file('mnt')])
    expect(await lastRecord('Decrypt')).toMatchObject({ Principal: `${USERS}/adapter`, Outcome: 'ok' })
  })

  it('it is enough for columns', LONG, async () => {
    const { config, plain } = await testDatabase()
    await plain.query('CREATE TABLE cards (id int PRIMARY KEY, card text)')
    await plain.query("INSERT INTO cards VALUES (1, 'card 1')")
    writeFileSync(
      file('columns.json'),
      JSON.stringify({ columns: { 'cards.card': { key: 'alias/films', type: 'text' } } }),
    )
    const url = `postgres://${config.user}:unused@${config.host}:${config.port}/${config.database}`
    const pg = ['--config', file('columns.json'), '--database', url]
    await done(['pg', 'apply', ...pg, ...where(), ...flags(pair)])
    await done(['pg', 'backfill', ...pg], { ...proof(pair), HUFU_ENDPOINT: endpoint, HUFU_CA: caFile })
    const { rows } = await plain.query('SELECT * FROM cards')
    expect(JSON.stringify(rows)).not.toContain('card 1')
    expect(await lastRecord('GenerateDataKey')).toMatchObject({ Principal: `${USERS}/adapter`, Outcome: 'ok' })
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
    const unusable: [object, RegExp][] = [
      [{ clientCert: file('absent'), clientKey: key }, /can not read .*absent: ENOENT/],
      [{ clientCert: cert, clientKey: powerless.files.key }, /is not that of/],
      [{ clientCert: cert, clientKey: encrypted }, /without a passphrase/],
      [{ clientCert: cert }, /only the certificate/],
    ]
    for (const [named, said] of unusable) {
      const asked = withApi('aws', { endpoint, ca: caFile, ...named }, (api) => api.call('TrentService.ListKeys', {}))
      await expect(asked).rejects.toMatchObject({
        code: 'CertificateUnusable',
        message: expect.stringMatching(said),
        hint: expect.stringMatching(/--client-cert FILE --client-key FILE/),
      })
    }
    const list = (...args: string[]) => hufu(['key', 'list', ...where(), ...args])
    const told = await list('--client-cert', cert)
    expect(told).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/hint: .*--client-cert FILE --client-key FILE/),
    })
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
    const s3 = s3Client(s3Endpoint, kms.credentials)
    expect(await s3('PUT', '/films')).toMatchObject({ status: 200 })
    expect(await s3('PUT', '/films/order', 'the order')).toMatchObject({ status: 200 })
    expect(await s3('GET', '/films/order')).toEqual({ status: 200, text: 'the order' })
    const onBehalf = { Via: 's3', Outcome: 'ok', Principal: expect.stringContaining(':root') }
    expect(await lastRecord('GenerateDataKey')).toMatchObject(onBehalf)
  })

  it('does not start by a certificate that the KMS refuses', LONG, async () => {
    expect(await start(stranger)).toContain('CertificateRefused')
  })
})
