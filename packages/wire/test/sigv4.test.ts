import { describe, expect, it } from 'vitest'
import {
  EMPTY_SHA256,
  parseSigV4,
  presignSigV4,
  type SignableRequest,
  SigV4ChunkChain,
  type SigV4Claim,
  sha256Hex,
  signSigV4,
  sigV4SigningKey,
  sigV4Time,
  verifySigV4,
} from '../src/index.ts'

// The worked examples of "Signature Calculations for the Authorization Header" and "Authenticating Requests:
// Using Query Parameters" in the Amazon S3 API reference.
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const host = 'examplebucket.s3.amazonaws.com'
const at = Date.UTC(2013, 4, 24)
const target = { region: 'us-east-1', service: 's3', at }
const request = (change: Partial<SignableRequest>): SignableRequest => ({
  method: 'GET',
  path: '/',
  query: '',
  headers: { host },
  payloadHash: EMPTY_SHA256,
  ...change,
})
const signatureOf = (headers: Record<string, string>) => headers.authorization?.split('Signature=')[1]

function claimOf(signed: Pick<SignableRequest, 'query' | 'headers'>): SigV4Claim {
  const claim = parseSigV4(signed)
  if (claim === null) throw new Error('expected a claim')
  return claim
}

describe('SigV4, published examples', () => {
  it('signs GET object with a range', () => {
    const headers = signSigV4(
      request({ path: '/test.txt', headers: { host, range: 'bytes=0-9' } }),
      credentials,
      target,
    )
    expect(signatureOf(headers)).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
  })

  it('signs PUT object, whose path needs encoding', () => {
    const headers = signSigV4(
      request({
        method: 'PUT',
        path: '/test$file.text',
        headers: { host, date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
        payloadHash: sha256Hex('Welcome to Amazon S3.'),
      }),
      credentials,
      target,
    )
    expect(signatureOf(headers)).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd')
  })

  it('signs a sub-resource without a value', () => {
    const headers = signSigV4(request({ query: 'lifecycle' }), credentials, target)
    expect(signatureOf(headers)).toBe('fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543')
  })

  it('signs a query, sorted', () => {
    const headers = signSigV4(request({ query: 'max-keys=2&prefix=J' }), credentials, target)
    expect(signatureOf(headers)).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7')
  })

  it('presigns', () => {
    const query = presignSigV4(request({ path: '/test.txt' }), credentials, { ...target, life: 86_400 })
    expect(query).toContain('X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404')
  })

  it('chains the signatures of chunks', () => {
    const key = sigV4SigningKey(credentials.secretAccessKey, { date: '20130524', region: 'us-east-1', service: 's3' })
    const chain = new SigV4ChunkChain(
      {
        timestamp: '20130524T000000Z',
        scope: { date: '20130524', region: 'us-east-1', service: 's3' },
        signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      },
      key,
    )
    expect(chain.chunk(sha256Hex('a'.repeat(65_536)))).toBe(
      'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    )
    expect(chain.chunk(sha256Hex('a'.repeat(1024)))).toBe(
      '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    )
    expect(chain.chunk(EMPTY_SHA256)).toBe('b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9')
  })
})

describe('verifySigV4', () => {
  const kms = { region: 'local-1', service: 'kms', at }
  const body = sha256Hex('{}')
  const post = request({
    method: 'POST',
    headers: { host: '127.0.0.1:7350', 'x-amz-target': 'T.A' },
    payloadHash: body,
  })
  const signed = { ...post, headers: { ...post.headers, ...signSigV4(post, credentials, kms) } }
  const claim = claimOf(signed)
  const key = sigV4SigningKey(credentials.secretAccessKey, claim.scope)

  it('accepts what signSigV4 signs, up to five minutes off', () => {
    for (const now of [at - 300_000, at, at + 300_000]) expect(() => verifySigV4(signed, claim, key, now)).not.toThrow()
  })

  it('refuses a clock a millisecond beyond', () => {
    for (const now of [at - 300_001, at + 300_001])
      expect(() => verifySigV4(signed, claim, key, now)).toThrow(expect.objectContaining({ code: 'SignatureExpired' }))
  })

  it('refuses every change of what is signed', () => {
    const changed: SignableRequest[] = [
      { ...signed, method: 'PUT' },
      { ...signed, path: '/x' },
      { ...signed, query: 'a=b' },
      { ...signed, payloadHash: EMPTY_SHA256 },
      { ...signed, headers: { ...signed.headers, 'x-amz-target': 'T.B' } },
      { ...signed, headers: { ...signed.headers, host: 'elsewhere' } },
      { ...signed, headers: { ...signed.headers, 'x-amz-acl': 'unsigned' } },
    ]
    for (const other of changed)
      expect(() => verifySigV4(other, claim, key, at)).toThrow(expect.objectContaining({ code: 'SignatureMismatch' }))
    expect(() => verifySigV4(signed, claim, new Uint8Array(32), at)).toThrow(/signature/)
  })

  it('accepts a presigned URL for its life and no longer', () => {
    const query = presignSigV4(request({ path: '/a b' }), credentials, { ...target, life: 60 })
    const url = request({ path: '/a%20b', query, payloadHash: 'UNSIGNED-PAYLOAD' })
    const presigned = claimOf(url)
    const s3Key = sigV4SigningKey(credentials.secretAccessKey, presigned.scope)
    expect(() => verifySigV4(url, presigned, s3Key, at + 60_000)).not.toThrow()
    expect(() => verifySigV4(url, presigned, s3Key, at + 60_001)).toThrow(/expected a signature made about/)
  })
})

describe('parseSigV4', () => {
  const good = `AWS4-HMAC-SHA256 Credential=A/20130524/r/kms/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
  const parse = (authorization: string, date = '20130524T000000Z') =>
    parseSigV4({ query: '', headers: { host, authorization, 'x-amz-date': date } })

  it('finds no claim where there is none', () => {
    expect(parseSigV4({ query: 'a=b', headers: { host } })).toBeNull()
    expect(parse('Bearer x')).toBeNull()
  })

  it('reads a claim', () => {
    expect(parse(good)).toMatchObject({ accessKeyId: 'A', scope: { region: 'r', service: 'kms' } })
  })

  it.each([
    [good.replace('Signature=0', 'Signature=')],
    [good.replace('host', 'date')],
    [good.replace('aws4_request', 'aws5')],
    [good.replace('20130524', '20130525')],
    [good.replace('A/', '/')],
    ['AWS4-HMAC-SHA256'],
  ])('refuses %s', (authorization) => {
    expect(() => parse(authorization)).toThrow(expect.objectContaining({ code: 'InvalidAuthorization' }))
  })

  it.each(['0', '604801', 'x', '1.5', ''])('refuses a presigned life of %s', (life) => {
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20130524%2Fr%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=${'0'.repeat(64)}&X-Amz-Expires=${life}`
    expect(() => parseSigV4({ query, headers: { host } })).toThrow(/X-Amz-Expires/)
  })

  it('reads the times it writes', () => {
    expect(sigV4Time('20130524T000000Z')).toBe(at)
    expect(sigV4Time('20131324T000000Z')).toBeNaN()
  })
})
