import { describe, expect, it } from 'vitest'
import {
  parseTc3,
  parseTencentV1,
  type SignableRequest,
  sha256Hex,
  signTc3,
  tc3SigningKey,
  tencentV1Signature,
  verifyTc3,
  verifyTencentV1,
} from '../src/index.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const at = Date.UTC(2026, 10, 24, 1, 2, 3)
const post: SignableRequest = {
  method: 'POST',
  path: '/',
  query: '',
  headers: { 'content-type': 'application/json; charset=utf-8', host: '127.0.0.1:7350', 'x-tc-action': 'CreateKey' },
  payloadHash: sha256Hex('{"Alias":"a"}'),
}

/** Signed as a client would that writes the host so, and sent with the host of `post`. */
function signedAs(host: string, service = '127') {
  const headers = signTc3({ ...post, headers: { ...post.headers, host } }, credentials, { service, at })
  const request = { ...post, headers: { ...post.headers, ...headers } }
  const claim = parseTc3(request)
  if (claim === null) throw new Error('expected a claim')
  return { request, claim, key: tc3SigningKey(credentials.secretAccessKey, claim.scope) }
}

describe('TC3', () => {
  it.each(['127.0.0.1', '127.0.0.1:7350'])('accepts a host signed as %s', (host) => {
    const { request, claim, key } = signedAs(host)
    expect(() => verifyTc3(request, claim, key, at)).not.toThrow()
  })

  it.each(['127', 'localhost:42365', 'kms'])('accepts the service %s', (service) => {
    const { request, claim, key } = signedAs('127.0.0.1', service)
    expect(claim.scope).toEqual({ date: '2026-11-24', service })
    expect(() => verifyTc3(request, claim, key, at)).not.toThrow()
  })

  it('refuses a change of what is signed', () => {
    const { request, claim, key } = signedAs('127.0.0.1')
    const changed = [
      { ...request, method: 'GET' },
      { ...request, path: '/x' },
      { ...request, query: 'a=b' },
      { ...request, payloadHash: sha256Hex('{}') },
      { ...request, headers: { ...request.headers, 'x-tc-action': 'DisableKey' } },
    ]
    for (const other of changed)
      expect(() => verifyTc3(other, claim, key, at)).toThrow(expect.objectContaining({ code: 'SignatureMismatch' }))
  })

  it('allows five minutes between the clocks', () => {
    const { request, claim, key } = signedAs('127.0.0.1')
    expect(() => verifyTc3(request, claim, key, at + 300_000)).not.toThrow()
    for (const now of [at - 300_001, at + 300_001])
      expect(() => verifyTc3(request, claim, key, now)).toThrow(expect.objectContaining({ code: 'SignatureExpired' }))
  })

  it.each([
    'TC3-HMAC-SHA256',
    `TC3-HMAC-SHA256 Credential=A/2026-11-24/kms, SignedHeaders=content-type;host, Signature=${'0'.repeat(64)}`,
    `TC3-HMAC-SHA256 Credential=A/2026-11-24/kms/tc3_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    `TC3-HMAC-SHA256 Credential=A/2026-11-25/kms/tc3_request, SignedHeaders=content-type;host, Signature=${'0'.repeat(64)}`,
  ])('refuses %s', (authorization) => {
    const headers = { authorization, 'x-tc-timestamp': String(at / 1000) }
    expect(() => parseTc3({ headers })).toThrow(expect.objectContaining({ code: 'InvalidAuthorization' }))
  })

  it('finds no claim where there is none', () => {
    expect(parseTc3({ headers: {} })).toBeNull()
  })
})

describe('Tencent v1', () => {
  // The worked example of "Signature method v1" in Tencent Cloud's API reference of CVM.
  const published = new Map(
    Object.entries({
      Action: 'DescribeInstances',
      'InstanceIds.0': 'ins-09dx96dg',
      Limit: '20',
      Nonce: '11886',
      Offset: '0',
      Region: 'ap-guangzhou',
      SecretId: 'AKID********************************',
      Timestamp: '1465185768',
      Version: '2017-03-12',
    }),
  )
  const secret = '********************************'

  it('makes the published signature', () => {
    const request = { method: 'GET', host: 'cvm.tencentcloudapi.com', path: '/' }
    expect(tencentV1Signature(request, published, 'HmacSHA1', secret)).toBe('7RAM2xfNMO9EiVTNmPg06MRnCvQ=')
  })

  const request = { method: 'POST', path: '/', headers: { host: '127.0.0.1:7350' } }
  const seconds = String(Math.floor(at / 1000))

  it.each([
    ['HmacSHA1', '127.0.0.1:7350'],
    ['HmacSHA256', '127.0.0.1'],
  ] as const)('accepts %s over the host %s', (method, host) => {
    const parameters = new Map([...published, ['Timestamp', seconds], ['SignatureMethod', method]])
    const signature = tencentV1Signature({ ...request, host }, parameters, method, secret)
    parameters.set('Signature', signature)
    const claim = parseTencentV1(parameters)
    if (claim === null) throw new Error('expected a claim')
    const key = Buffer.from(secret)
    expect(() => verifyTencentV1(request, parameters, claim, key, at)).not.toThrow()
    expect(() => verifyTencentV1(request, parameters, claim, key, at + 301_000)).toThrow(/timestamp/)
    expect(() => verifyTencentV1(request, new Map([...parameters, ['Limit', '21']]), claim, key, at)).toThrow(
      /signature/,
    )
  })

  it.each(['SecretId', 'Timestamp', 'Nonce'])('refuses a signature without %s', (name) => {
    const parameters = new Map([...published, ['Signature', 'x']])
    parameters.delete(name)
    expect(() => parseTencentV1(parameters)).toThrow(name)
  })

  it('refuses another method, and finds no claim where there is none', () => {
    const parameters = new Map([
      ['Signature', 'x'],
      ['SignatureMethod', 'none'],
    ])
    expect(() => parseTencentV1(parameters)).toThrow('HmacSHA256')
    expect(parseTencentV1(published)).toBeNull()
  })
})
