import { once } from 'node:events'
import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { sha256Hex } from '@hufu/wire'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type TestRegion, testRegion } from '../../../packages/sdk/test/support/kms.ts'
import { selfSigned } from '../../../test/compat/support/self-signed.ts'
import { type S3Proxy, startS3Proxy } from '../src/index.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { signed } from './proxy-fixture.ts'

/** What the KMS in this process is told of how requests came to the S3 port. */
let region: TestRegion
let root: Awaited<ReturnType<TestRegion['kms']['bootstrap']>>
let certificate: string
let proxies: { readonly http: S3Proxy; readonly https: S3Proxy }
const store = memoryStore()

beforeAll(async () => {
  region = await testRegion('local-1')
  root = await region.kms.bootstrap()
  const own = await selfSigned()
  certificate = own.certificate
  const authority = region.kms.authority('s3')
  const options = { authority, store, host: '127.0.0.1', port: 0, region: 'local-1', defaultKey: 'alias/films' }
  const tls = { cert: certificate, key: own.key }
  proxies = { http: await startS3Proxy(options), https: await startS3Proxy({ ...options, tls }) }
  await denyWhere(NEVER)
  expect(await send('https', 'PUT', '/films')).toBe(200)
  expect(await send('https', 'PUT', '/films/order', { body: 'the order' })).toBe(200)
})
afterAll(async () => {
  await Promise.all(Object.values(proxies).map((proxy) => proxy.close()))
  await store.close()
  await region[Symbol.asyncDispose]()
})
beforeEach(() => denyWhere(NEVER))

const NEVER = { StringEquals: { 'aws:UserAgent': 'nobody' } }

/** The key serves everybody but those of the condition. */
function denyWhere(Condition: object): Promise<void> {
  const Action = ['kms:Decrypt', 'kms:GenerateDataKey']
  const Statement = [
    { Effect: 'Allow', Principal: { AWS: root.principal }, Action: 'kms:*', Resource: '*' },
    { Effect: 'Deny', Principal: '*', Action, Resource: '*', Condition },
  ]
  return region.operations.putKeyPolicy(region.keyId, JSON.stringify({ Version: '2012-10-17', Statement }), false)
}

interface Sent {
  readonly body?: string
  /** The client's address, one of this machine's own. */
  readonly from?: string
  readonly headers?: Record<string, string>
}

/** The status of a signed request on a connection of its own. */
async function send(scheme: 'http' | 'https', method: string, path: string, sent: Sent = {}): Promise<number> {
  const { url } = proxies[scheme]
  const { body = '', from = '127.0.0.1', headers = {} } = sent
  const proof = signed(url, method, path, { credentials: root, body, headers, payloadHash: sha256Hex(body) })
  const options = { method, headers: proof.headers, localAddress: from, agent: false as const }
  const message =
    scheme === 'https' ? secureRequest(url + path, { ...options, ca: certificate }) : plainRequest(url + path, options)
  message.end(body)
  const [response] = await once(message, 'response')
  await once(response.resume(), 'end')
  return response.statusCode
}

it('a policy knows by its socket whether the client spoke TLS, whatever headers say', async () => {
  await denyWhere({ Bool: { 'aws:SecureTransport': 'false' } })
  expect(await send('https', 'GET', '/films/order')).toBe(200)
  const headers = { 'x-forwarded-proto': 'https' }
  expect(await send('http', 'GET', '/films/order', { headers })).toBe(403)
  await denyWhere({ Bool: { 'aws:SecureTransport': 'true' } })
  expect(await send('http', 'GET', '/films/order')).toBe(200)
  expect(await send('https', 'GET', '/films/order')).toBe(403)
})

it('a policy knows the client’s address, and a key held for one address serves no other', async () => {
  await denyWhere({ NotIpAddress: { 'aws:SourceIp': '127.0.0.1/32' } })
  const there = { from: '127.0.0.2', headers: { 'x-forwarded-for': '127.0.0.1' } }
  for (const scheme of ['http', 'https'] as const) {
    expect(await send(scheme, 'GET', '/films/order')).toBe(200)
    expect(await send(scheme, 'GET', '/films/order', there)).toBe(403)
    expect(await send(scheme, 'PUT', '/films/other', { ...there, body: 'x' })).toBe(403)
    expect(await send(scheme, 'GET', '/films/order')).toBe(200)
  }
})

it('the audit has the client’s address', async () => {
  expect(await send('https', 'GET', '/films/order', { from: '127.0.0.3' })).toBe(200)
  const records = await region.kms.audit.list({ action: 'Decrypt', newestFirst: true, limit: 1 })
  expect(records).toMatchObject([{ via: 's3', sourceIp: '127.0.0.3', principal: root.principal }])
})
