import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Agent, get, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asked, awsRequest } from './support/ask.ts'
import { type Running, start } from './support/running.ts'
import { TestCa, type TestPair } from './support/test-ca.ts'

const USERS = 'arn:aws:iam::000000000001:user'
const BY_CERTIFICATE = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['kms:AuthenticateByCertificate', 'kms:ListKeys'], Resource: '*' }],
})

let dir: string
let running: Running
let ca: string
let service: TestPair
let renewed: TestPair
const issued: Record<string, TestPair> = {}
const revoked = new Set<string>()
const agents: Agent[] = []

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-certificates-'))
  const [clients, others] = [new TestCa(dir, 'clients'), new TestCa(dir, 'others')]
  ca = await clients.make()
  await others.make()
  const server = await clients.issue('server', 'IP:127.0.0.1', { usage: 'serverAuth' })
  renewed = await clients.issue('renewed', 'IP:127.0.0.1', { usage: 'serverAuth' })
  service = await clients.issue('service', `URI:${USERS}/service`)
  issued.byDns = await clients.issue('by-dns', 'DNS:service')
  issued.stranger = await others.issue('stranger', `URI:${USERS}/service`)
  issued.ended = await clients.issue('ended', `URI:${USERS}/service`, { days: -1 })
  issued.unknown = await clients.issue('unknown', `URI:${USERS}/nobody`)
  issued.powerless = await clients.issue('powerless', `URI:${USERS}/powerless`)
  issued.root = await clients.issue('root', 'URI:arn:aws:iam::000000000001:root')
  issued.elsewhere = await clients.issue('elsewhere', 'URI:arn:aws:iam::000000000002:user/service')
  issued.twoNames = await clients.issue('two-names', `URI:${USERS}/service,URI:${USERS}/powerless`)
  issued.unnamed = await clients.issue('unnamed', '')
  issued.revoked = await clients.issue('revoked', `URI:${USERS}/service`)
  issued.server = await clients.issue('as-server', `URI:${USERS}/service`, { usage: 'serverAuth' })
  revoked.add(new X509Certificate(issued.revoked.cert).serialNumber)
  running = await start(undefined, {
    tls: { cert: server.cert, key: server.key, clientCa: ca },
    revoked: async () => revoked,
  })
  await running.keys.createUser({ name: 'service' })
  await running.keys.putInlinePolicy({ kind: 'user', name: 'service' }, 'own', BY_CERTIFICATE)
  await running.keys.createUser({ name: 'powerless' })
})
afterAll(async () => {
  for (const agent of agents) agent.destroy()
  await running?.close()
  await rm(dir, { recursive: true, force: true })
})

interface Told {
  readonly status: number
  readonly error: string | null
  readonly message: string
}

function post(headers: Readonly<Record<string, string>>, body: Uint8Array | string, options: object): Promise<Told> {
  return new Promise((resolve, reject) => {
    const sent = request(running.server.url, { method: 'POST', headers, ca, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject)
      response.once('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString())
        const error = answer.__type ?? answer.Response?.Error?.Code ?? null
        const message = answer.message ?? answer.Response?.Error?.Message ?? ''
        resolve({ status: response.statusCode ?? 0, error, message })
      })
    })
    sent.once('error', reject).end(body)
  })
}

const aws = (action: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `TrentService.${action}`,
})
const tencent = {
  'content-type': 'application/json',
  'x-tc-action': 'ListKeys',
  'x-tc-version': '2019-01-18',
  'x-tc-region': 'local-1',
}

const certified = (pair: TestPair | undefined, action = 'ListKeys', headers: Readonly<Record<string, string>> = {}) =>
  post({ ...aws(action), ...headers }, '{}', pair === undefined ? {} : { cert: pair.cert, key: pair.key })

function signed(pair: TestPair, asked: Asked): Promise<Told> {
  const { headers, body } = awsRequest(running, asked)
  return post(headers, body, { cert: pair.cert, key: pair.key })
}

const equals = (values: Readonly<Record<string, string>>) => ({ StringEquals: values })
const policy = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
const lastRecord = async () => (await running.kms.audit.list({ newestFirst: true, limit: 1 }))[0]
const REFUSED = { status: 400, error: 'UnrecognizedClientException' }

describe('a client certificate', () => {
  it('proves the user whose ARN it has, and the audit tells which it was', async () => {
    expect(await certified(service)).toMatchObject({ status: 200 })
    const serial = new X509Certificate(service.cert).serialNumber
    expect(await lastRecord()).toMatchObject({
      outcome: 'ok',
      action: 'ListKeys',
      principal: `${USERS}/service`,
      accessKeyId: `x509:${serial}`,
    })
  })

  it('proves by a DNS name too', async () => {
    expect(await certified(issued.byDns)).toMatchObject({ status: 200 })
  })

  it('proves in the dialect of Tencent', async () => {
    expect(await post(tencent, '{}', { cert: service.cert, key: service.key })).toMatchObject({
      status: 200,
      error: null,
    })
  })

  it('gives no right that policies do not give', async () => {
    expect(await certified(service, 'CreateKey')).toMatchObject({ error: 'AccessDeniedException' })
    expect(await lastRecord()).toMatchObject({ outcome: 'AccessDenied', principal: `${USERS}/service` })
  })

  it('is shown by curl', async () => {
    await writeFile(join(dir, 'ca.pem'), ca)
    const { cert, key } = service.files
    const headers = Object.entries(aws('ListKeys')).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
    const args = ['-sS', '--cacert', join(dir, 'ca.pem'), '--cert', cert, '--key', key, ...headers, '-d', '{}']
    const { stdout } = await promisify(execFile)('curl', [...args, running.server.url])
    expect(JSON.parse(stdout)).toMatchObject({ Truncated: false })
  })

  it('goes on to prove when the server has another certificate', async () => {
    running.server.renewTls({ cert: renewed.cert, key: renewed.key })
    expect(await certified(service)).toMatchObject({ status: 200 })
    expect(await certified(issued.stranger)).toMatchObject(REFUSED)
  })

  it('is not needed by who signs', async () => {
    const { headers, body } = awsRequest(running, { action: 'ListKeys' })
    expect(await post(headers, body, {})).toMatchObject({ status: 200 })
  })

  it('and a signature must be of the same', async () => {
    const mine = await running.keys.createAccessKey('service')
    const of = { accessKeyId: mine.accessKeyId, secret: mine.secretAccessKey }
    expect(await signed(service, { action: 'ListKeys', ...of })).toMatchObject({ status: 200 })
    expect(await lastRecord()).toMatchObject({ accessKeyId: mine.accessKeyId })
    expect(await signed(service, { action: 'ListKeys' })).toMatchObject(REFUSED)
    expect(await signed(service, { action: 'ListKeys', ...of, secret: 'another' })).toMatchObject({
      error: 'InvalidSignatureException',
    })
  })
})

describe('refused, and recorded as that', () => {
  it('is who has neither a certificate nor a signature', async () => {
    expect(await certified(undefined)).toMatchObject({ error: 'MissingAuthenticationTokenException' })
  })

  it.each([
    ['of another authority', 'stranger', /not good/],
    ['that has ended', 'ended', /not good|expired/],
    ['of a user who is unknown', 'unknown', /names a user/],
    ['of a user who may not come by one', 'powerless', /names a user/],
    ['of root', 'root', /names a user/],
    ['of a user of another account', 'elsewhere', /names a user/],
    ['of two users', 'twoNames', /names a user/],
    ['of nobody', 'unnamed', /names a user/],
    ['that is revoked', 'revoked', /revoked/],
    ['that is for servers', 'server', /not good/],
  ])('a certificate %s', async (_what, name, message) => {
    const told = await certified(issued[name])
    expect(told).toMatchObject(REFUSED)
    expect(told.message).toMatch(message)
    const serial = new X509Certificate(issued[name]?.cert ?? '').serialNumber
    expect(await lastRecord()).toMatchObject({ outcome: 'CertificateRefused', accessKeyId: `x509:${serial}` })
  })

  it.each(['origin', 'sec-fetch-site'])('a browser, told by %s: any page could have it ask', async (header) => {
    expect(await certified(service, 'ListKeys', { [header]: 'https://evil.example' })).toMatchObject(REFUSED)
  })

  it('a certificate that was good when the connection began', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    agents.push(agent)
    const again = () => post(aws('ListKeys'), '{}', { cert: service.cert, key: service.key, agent })
    expect(await again()).toMatchObject({ status: 200 })
    running.skew = 3 * 86_400_000
    expect((await again()).message).toMatch(/expired/)
    running.skew = -3 * 86_400_000
    expect((await again()).message).toMatch(/not yet valid/)
    running.skew = 0
    revoked.add(new X509Certificate(service.cert).serialNumber)
    expect((await again()).message).toMatch(/revoked/)
    revoked.delete(new X509Certificate(service.cert).serialNumber)
    expect(await again()).toMatchObject({ status: 200 })
  })

  it('a certificate that was good when a stream of events began', async () => {
    const stream = get(`${running.server.url}/events`, { ca, agent: false, cert: service.cert, key: service.key })
    const [answer] = (await once(stream, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(200)
    answer.resume()
    revoked.add(new X509Certificate(service.cert).serialNumber)
    await once(answer, 'end')
    revoked.delete(new X509Certificate(service.cert).serialNumber)
  })
})

describe('a service by certificate', () => {
  it('acts on behalf of users when it may', async () => {
    await running.keys.createUser({ name: 'caller' })
    const { accessKeyId } = await running.keys.createAccessKey('caller')
    const headers = { 'x-hufu-on-behalf-of': accessKeyId, 'x-hufu-via': 's3' }
    expect(await certified(service, 'ListKeys', headers)).toMatchObject({ error: 'AccessDeniedException' })
    await running.keys.attachPolicy({ kind: 'user', name: 'service' }, 'arn:aws:iam::aws:policy/HufuAdapter')
    expect(await certified(service, 'ListKeys', headers)).toMatchObject({ error: 'AccessDeniedException' })
    expect(await lastRecord()).toMatchObject({ principal: `${USERS}/caller`, via: 's3' })
    await running.keys.detachPolicy({ kind: 'user', name: 'service' }, 'arn:aws:iam::aws:policy/HufuAdapter')
  })

  it('is kept to its adapter and to contexts as a signature is', async () => {
    const { keyId } = await running.keys.createKey({ alias: 'restricted' })
    const resource = { Effect: 'Allow', Resource: '*' }
    const onBehalf = { ...resource, Action: 'kms:ActOnBehalfOf', Condition: equals({ 'kms:ViaService': 's3' }) }
    const context = { 'kms:ViaService': 's3', 'kms:EncryptionContext:bucket': 'films' }
    const using = { ...resource, Action: 'kms:GenerateDataKey', Condition: equals(context) }
    await running.keys.createUser({ name: 'narrow' })
    await running.keys.putInlinePolicy({ kind: 'user', name: 'narrow' }, 'using', policy(using))
    await running.keys.putInlinePolicy({ kind: 'user', name: 'service' }, 'on-behalf', policy(onBehalf))
    const narrow = await running.keys.createAccessKey('narrow')
    const proof = { cert: service.cert, key: service.key }
    const ask = (via: string, bucket: string) => {
      const headers = { 'x-hufu-on-behalf-of': narrow.accessKeyId, 'x-hufu-via': via }
      const body = { KeyId: keyId, NumberOfBytes: 32, EncryptionContext: { bucket } }
      return post({ ...aws('GenerateDataKey'), ...headers }, JSON.stringify(body), proof)
    }
    expect(await ask('s3', 'films')).toMatchObject({ status: 200 })
    expect(await lastRecord()).toMatchObject({ principal: `${USERS}/narrow`, via: 's3', outcome: 'ok' })
    expect(await ask('s3', 'taxes')).toMatchObject({ error: 'AccessDeniedException' })
    expect(await ask('volume', 'films')).toMatchObject({ error: 'AccessDeniedException' })
    const own = { KeyId: keyId, NumberOfBytes: 32, EncryptionContext: { bucket: 'films' } }
    const alone = await post(aws('GenerateDataKey'), JSON.stringify(own), proof)
    expect(alone).toMatchObject({ error: 'AccessDeniedException' })
    await running.keys.deleteInlinePolicy({ kind: 'user', name: 'service' }, 'on-behalf')
    expect(await ask('s3', 'films')).toMatchObject({ error: 'AccessDeniedException' })
  })

  it('counts no more within a second of the user being deleted', async () => {
    await running.keys.deleteUser('service', { policies: true, accessKeys: true })
    const deadline = Date.now() + 30_000
    while ((await certified(service)).status === 200 && Date.now() < deadline);
    expect(await certified(service)).toMatchObject(REFUSED)
  })
})

it('is not asked for by a server that knows no authority of clients', async () => {
  const [clients] = [new TestCa(dir, 'plain')]
  const plainCa = await clients.make()
  const pair = await clients.issue('server', 'IP:127.0.0.1', { usage: 'serverAuth' })
  const plain = await start(undefined, { tls: { cert: pair.cert, key: pair.key } })
  const told = await new Promise<number>((resolve, reject) => {
    const options = { method: 'POST', headers: aws('ListKeys'), ca: plainCa, agent: false as const }
    request(plain.server.url, { ...options, cert: service.cert, key: service.key }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
      .once('error', reject)
      .end('{}')
  })
  expect(told).toBe(400)
  await plain.close()
})
