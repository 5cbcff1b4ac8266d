import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { sha256Hex } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStore } from '../src/index.ts'
import { errorOf, type Fixture, type RequestOptions, send, signed, startFixture } from './proxy-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture(memoryStore())
  await request('PUT', '/bucket')
})
afterAll(() => fixture[Symbol.asyncDispose]())

const request = (method: string, path: string, options?: RequestOptions) =>
  send(fixture.proxy.url, method, path, options)
const failure = async (method: string, path: string, options?: RequestOptions) =>
  errorOf(await request(method, path, options))
const lastRecord = () => fixture.records.at(-1)
const md5 = (text: string) => createHash('md5').update(text).digest('base64')

describe('who sent it', () => {
  it('is refused without a signature', async () => {
    const answer = await errorOf(await fetch(`${fixture.proxy.url}/bucket/k`))
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(lastRecord()).toMatchObject({ outcome: 'AccessDenied', principal: '', sourceIp: '127.0.0.1' })
  })

  it('is refused with a wrong secret, and nothing is stored', async () => {
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'other' }
    expect(await failure('PUT', '/bucket/wrong', { body: 'x', credentials })).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    })
    expect((await request('GET', '/bucket/wrong')).status).toBe(404)
  })

  it('is refused with an unknown access key', async () => {
    const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'other' }
    expect(await failure('GET', '/bucket', { credentials })).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' })
  })

  it.each([-360_000, 360_000])('is refused with a clock %d ms off', async (skew) => {
    expect(await failure('GET', '/bucket', { at: Date.now() + skew })).toMatchObject({
      status: 403,
      code: 'RequestTimeTooSkewed',
    })
  })

  it.each([-240_000, 240_000])('is accepted with a clock %d ms off', async (skew) => {
    expect((await request('GET', '/bucket', { at: Date.now() + skew })).status).toBe(200)
  })

  it('is refused when the request was changed on its way', async () => {
    const changes: RequestOptions['change'][] = [
      (sent) => {
        sent.path = '/bucket/other'
      },
      (sent) => {
        sent.path = '/bucket/signed?versionId=1'
      },
      (sent) => {
        sent.headers['x-amz-meta-a'] = 'b'
      },
      (sent) => {
        sent.headers['content-type'] = 'changed/type'
      },
    ]
    for (const change of changes) {
      const options = { body: 'x', headers: { 'content-type': 'text/plain' }, ...(change ? { change } : {}) }
      expect(await failure('PUT', '/bucket/signed', options)).toMatchObject({ code: 'SignatureDoesNotMatch' })
    }
  })

  it('is refused for another region, told which', async () => {
    const answer = await failure('GET', '/bucket', { region: 'us-east-1' })
    expect(answer).toMatchObject({ status: 400, code: 'AuthorizationHeaderMalformed' })
    expect(answer.message).toContain('local-1')
  })
})

describe('a body', () => {
  const put = (options: RequestOptions) => failure('PUT', '/bucket/body', options)
  const nothingStored = async () => expect((await request('HEAD', '/bucket/body')).status).toBe(404)

  it('that is not the signed one is refused', async () => {
    expect(await put({ body: 'sent', payloadHash: sha256Hex('signed') })).toMatchObject({
      status: 400,
      code: 'XAmzContentSHA256Mismatch',
    })
    await nothingStored()
  })

  it('with a wrong MD5 is refused', async () => {
    expect(await put({ body: 'sent', headers: { 'content-md5': md5('other') } })).toMatchObject({
      status: 400,
      code: 'BadDigest',
    })
    expect(await put({ body: 'sent', headers: { 'content-md5': 'short' } })).toMatchObject({
      status: 400,
      code: 'InvalidDigest',
    })
    await nothingStored()
  })

  it('with a wrong checksum is refused', async () => {
    const headers = { 'x-amz-checksum-crc32': Buffer.alloc(4).toString('base64') }
    expect(await put({ body: 'sent', headers })).toMatchObject({ status: 400, code: 'BadDigest' })
    expect(await put({ body: 'sent', headers: { 'x-amz-checksum-crc32': 'x' } })).toMatchObject({
      code: 'InvalidRequest',
    })
    const two = { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-sha1': 'x' }
    expect(await put({ body: 'sent', headers: two })).toMatchObject({ code: 'InvalidRequest' })
    await nothingStored()
  })

  it('that ends early leaves nothing', async () => {
    await cutPut(1_000_000, randomBytes(500_000))
    await expect.poll(() => lastRecord()?.reason).toMatch(/aborted|closed|expected 1000000 bytes/)
    await nothingStored()
  })

  it('needs a length', async () => {
    expect(await put({ body: 'x', payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' })).toMatchObject({
      status: 411,
      code: 'MissingContentLength',
    })
    expect(await put({ body: 'x', payloadHash: 'no-hash' })).toMatchObject({ code: 'InvalidArgument' })
  })

  function cutPut(size: number, part: Buffer): Promise<void> {
    const { headers } = signed(fixture.proxy.url, 'PUT', '/bucket/body', { payloadHash: 'UNSIGNED-PAYLOAD' })
    const { port } = new URL(fixture.proxy.url)
    const options = { host: '127.0.0.1', port, method: 'PUT', path: '/bucket/body' }
    return new Promise((resolve) => {
      const sending = httpRequest({ ...options, headers: { ...headers, 'content-length': size } })
      sending.on('error', () => resolve())
      sending.write(part, () => sending.destroy(new Error('cut')))
    })
  }
})

describe('a request that is not right', () => {
  it('names what is not there', async () => {
    expect(await failure('GET', '/bucket/nothing')).toMatchObject({ status: 404, code: 'NoSuchKey' })
    expect(await failure('GET', '/nowhere/nothing')).toMatchObject({ status: 404, code: 'NoSuchBucket' })
    expect(await failure('GET', '/nowhere')).toMatchObject({ status: 404, code: 'NoSuchBucket' })
    expect(await failure('DELETE', '/nowhere')).toMatchObject({ status: 404, code: 'NoSuchBucket' })
    expect(await failure('DELETE', '/bucket/k?uploadId=x')).toMatchObject({ status: 404, code: 'NoSuchUpload' })
    expect(await failure('PUT', '/bucket/k?uploadId=x.y.z&partNumber=1', { body: 'x' })).toMatchObject({
      status: 404,
      code: 'NoSuchUpload',
    })
  })

  it.each(['AB', 'a', 'under_score', 'a..b', '1.2.3.4', 'x'.repeat(64), '-a', 'UPPER'])(
    'has a bucket named %s',
    async (name) => {
      expect(await failure('PUT', `/${name}`)).toMatchObject({ status: 400, code: 'InvalidBucketName' })
    },
  )

  it('has a key of more than 1,024 bytes', async () => {
    expect(await failure('PUT', `/bucket/${'k'.repeat(1025)}`)).toMatchObject({ status: 400, code: 'KeyTooLongError' })
    expect((await request('PUT', `/bucket/${'k'.repeat(1024)}`, { body: 'x' })).status).toBe(200)
    expect((await request('DELETE', `/bucket/${'k'.repeat(1024)}`)).status).toBe(204)
  })

  it('has a path that is not UTF-8', async () => {
    const answer = await failure('GET', '/bucket/x', {
      change: (sent) => {
        sent.path = '/bucket/%ff'
      },
    })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidURI' })
  })

  it.each([
    ['nothing', ''],
    ['no XML', 'Delete'],
    ['an open tag', '<Delete><Object><Key>a</Key></Object>'],
    ['another root', '<Remove><Object><Key>a</Key></Object></Remove>'],
    ['no object', '<Delete></Delete>'],
    ['no key', '<Delete><Object></Object></Delete>'],
    ['an entity', '<!DOCTYPE d [<!ENTITY e "x">]><Delete><Object><Key>&e;</Key></Object></Delete>'],
    ['too many', `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`],
  ])('has XML with %s', async (_, body) => {
    expect(await failure('POST', '/bucket?delete', { body })).toMatchObject({ status: 400, code: 'MalformedXML' })
  })

  it('has too many headers', async () => {
    const answer = await rawRequest(`GET /bucket HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(40_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('<Code>RequestHeaderSectionTooLarge</Code>')
  })

  it('has too much metadata', async () => {
    const of = (size: number) =>
      request('PUT', '/bucket/meta', { body: 'x', headers: { 'x-amz-meta-a': 'b'.repeat(size - 1) } })
    expect((await of(2048)).status).toBe(200)
    expect(await errorOf(await of(2049))).toMatchObject({ status: 400, code: 'MetadataTooLarge' })
    const ours = await failure('PUT', '/bucket/meta', { body: 'x', headers: { 'x-amz-meta-hufu': 'mine' } })
    expect(ours).toMatchObject({ status: 400, code: 'InvalidArgument' })
    await request('DELETE', '/bucket/meta')
  })

  it('is not HTTP', async () => {
    expect(await rawRequest('hello\r\n\r\n')).toContain('<Code>InvalidRequest</Code>')
  })

  it.each([
    ['PUT', '/bucket?acl'],
    ['GET', '/bucket?policy'],
    ['PUT', '/bucket?versioning'],
    ['GET', '/bucket?versions'],
    ['PUT', '/bucket?lifecycle'],
    ['GET', '/bucket/k?acl'],
    ['PUT', '/bucket/k?tagging'],
    ['GET', '/bucket/k?versionId=1'],
    ['POST', '/bucket/k?select'],
    ['POST', '/bucket/k?restore'],
    ['PUT', '/bucket?encryption'],
    ['PUT', '/bucket?website'],
    ['PUT', '/bucket?cors'],
    ['POST', '/bucket'],
    ['GET', '/bucket/k?attributes'],
  ])('%s %s is NotImplemented', async (method, path) => {
    expect(await failure(method, path)).toMatchObject({ status: 501, code: 'NotImplemented' })
  })

  it.each([
    ['x-amz-server-side-encryption-customer-algorithm', 'AES256'],
    ['x-amz-server-side-encryption-context', 'e30='],
    ['x-amz-server-side-encryption', 'aws:kms:dsse'],
    ['x-amz-tagging', 'a=b'],
    ['x-amz-object-lock-mode', 'GOVERNANCE'],
    ['x-amz-acl', 'public-read'],
    ['x-amz-grant-read', 'id=x'],
  ])('%s: %s is NotImplemented rather than ignored', async (name, value) => {
    expect(await failure('PUT', '/bucket/k', { body: 'x', headers: { [name]: value } })).toMatchObject({
      status: 501,
      code: 'NotImplemented',
    })
  })

  it('has an unknown method', async () => {
    expect(await failure('PATCH', '/bucket/k', { body: 'x' })).toMatchObject({ status: 405, code: 'MethodNotAllowed' })
  })

  function rawRequest(text: string): Promise<string> {
    const { port } = new URL(fixture.proxy.url)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.on('data', (data) => {
        answer += data.toString()
      })
      socket.on('end', () => resolve(answer))
      socket.on('error', reject)
    })
  }
})

describe('keys', () => {
  it('that are disabled refuse at once, and serve again when enabled', async () => {
    await request('PUT', '/bucket/secret', { body: 'plaintext' })
    expect(await (await request('GET', '/bucket/secret')).text()).toBe('plaintext')
    fixture.authority.setEnabled(false)
    const answer = await failure('GET', '/bucket/secret')
    expect(answer).toMatchObject({ status: 400, code: 'KMS.DisabledException' })
    expect(answer.message).toContain('hufu key enable')
    expect(await failure('PUT', '/bucket/secret', { body: 'x' })).toMatchObject({ code: 'KMS.DisabledException' })
    expect((await request('HEAD', '/bucket/secret')).status).toBe(200)
    fixture.authority.setEnabled(true)
    expect(await (await request('GET', '/bucket/secret')).text()).toBe('plaintext')
  })

  it('are asked for once by each caller, and never shared between callers', async () => {
    fixture.authority.users.set('AKIAOTHER', 'other-secret')
    await request('PUT', '/bucket/mine', { body: 'x' })
    await Promise.all([1, 2, 3, 4].map(() => request('GET', '/bucket/mine')))
    const before = fixture.authority.calls.decrypt
    const credentials = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'other-secret' }
    await Promise.all([1, 2, 3, 4].map(() => request('GET', '/bucket/mine', { credentials })))
    expect(fixture.authority.calls.decrypt).toBe(before + 1)
    fixture.authority.denied.add('AKIAOTHER')
    fixture.authority.setEnabled(true)
    for (const [method, path] of [
      ['GET', '/bucket/mine'],
      ['GET', '/bucket'],
      ['DELETE', '/bucket/mine'],
      ['PUT', '/bucket/new'],
    ] as const)
      expect(await failure(method, path, { credentials })).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(await (await request('GET', '/bucket/mine')).text()).toBe('x')
  })
})
