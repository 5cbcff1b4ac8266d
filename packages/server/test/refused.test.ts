import { type ErrorCode, errorCatalogue } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BODY_LIMIT } from '../src/http/limits.ts'
import { type Asked, ask, type DialectName } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

const NO_SUCH_KEY = '00000000-0000-4000-8000-000000000000'
const MINUTE = 60_000

let running: Running
let KeyId: string

beforeAll(async () => {
  running = await start()
  KeyId = (await running.keys.createKey({ alias: 'refused' })).keyId
})
afterAll(() => running?.close())

/** The last record, which must be of this refusal. */
async function lastRecord() {
  const [record] = await running.kms.audit.list({ newestFirst: true, limit: 1 })
  return record
}

const text = 'cGxhaW4='
const pad = (size: number): string => `{"KeyId":"${'x'.repeat(size - 12)}"}`

/** What is wrong, how it is asked, and the error that both dialects answer it with. */
const faults: readonly [string, ErrorCode, () => Asked][] = [
  ['a wrong secret', 'SignatureMismatch', () => ({ action: 'ListKeys', secret: 'wrong' })],
  ['an unknown access key', 'UnknownAccessKey', () => ({ action: 'ListKeys', accessKeyId: 'AKIAUNKNOWN' })],
  ['a clock that is behind', 'SignatureExpired', () => ({ action: 'ListKeys', at: Date.now() - 6 * MINUTE })],
  ['a clock that is ahead', 'SignatureExpired', () => ({ action: 'ListKeys', at: Date.now() + 6 * MINUTE })],
  ['an unknown action', 'InvalidAction', () => ({ action: 'MakeCoffee' })],
  ['an action of the language', 'InvalidAction', () => ({ action: 'constructor' })],
  ['text that is not JSON', 'MalformedRequest', () => ({ action: 'ListKeys', body: '{"Limit":' })],
  ['JSON that is no object', 'MalformedRequest', () => ({ action: 'ListKeys', body: '[1]' })],
  [
    'bytes that are not UTF-8',
    'MalformedRequest',
    () => ({ action: 'ListKeys', body: Buffer.from('{"a":"\xff"}', 'latin1') }),
  ],
  [
    'a name given twice',
    'MalformedRequest',
    () => ({ action: 'DescribeKey', body: `{"KeyId":"${KeyId}","KeyId":"a"}` }),
  ],
  [
    'a name given twice, once escaped',
    'MalformedRequest',
    () => ({ action: 'DescribeKey', body: `{"KeyId":"${KeyId}","\\u004beyId":"a"}` }),
  ],
  [
    'the name __proto__',
    'MalformedRequest',
    () => ({ action: 'DescribeKey', body: `{"__proto__":{"KeyId":"${KeyId}"}}` }),
  ],
  ['a body a byte too large', 'BodyTooLarge', () => ({ action: 'DescribeKey', body: pad(BODY_LIMIT + 1) })],
  ['a body of the greatest size', 'InvalidParameter', () => ({ action: 'DescribeKey', body: pad(BODY_LIMIT) })],
  ['no key', 'MissingParameter', () => ({ action: 'DescribeKey' })],
  ['a parameter of another type', 'InvalidParameter', () => ({ action: 'DescribeKey', body: { KeyId: 7 } })],
  [
    'a parameter that the action has not',
    'UnknownParameter',
    () => ({ action: 'DescribeKey', body: { KeyId, Colour: 'red' } }),
  ],
  ['an unknown key', 'KeyNotFound', () => ({ action: 'DescribeKey', body: { KeyId: NO_SUCH_KEY } })],
  ['a key id that is none', 'InvalidKeyId', () => ({ action: 'DescribeKey', body: { KeyId: 'my key' } })],
  ['a plaintext of 0 bytes', 'PlaintextTooLarge', () => ({ action: 'Encrypt', body: { KeyId, Plaintext: '' } })],
  [
    'a plaintext of 4,097 bytes',
    'PlaintextTooLarge',
    () => ({ action: 'Encrypt', body: { KeyId, Plaintext: Buffer.alloc(4097).toString('base64') } }),
  ],
  [
    'base64 without its padding',
    'PlaintextTooLarge',
    () => ({ action: 'Encrypt', body: { KeyId, Plaintext: 'cGxhaW4' } }),
  ],
  ['base64 for URLs', 'PlaintextTooLarge', () => ({ action: 'Encrypt', body: { KeyId, Plaintext: '-_-_' } })],
  ['base64 with spare bits', 'PlaintextTooLarge', () => ({ action: 'Encrypt', body: { KeyId, Plaintext: 'QR==' } })],
  ['a ciphertext that is none', 'DecryptionFailed', () => ({ action: 'Decrypt', body: { CiphertextBlob: text } })],
  [
    'a data key of 1,025 bytes',
    'InvalidParameter',
    () => ({ action: 'GenerateDataKey', body: { KeyId, NumberOfBytes: 1025 } }),
  ],
  [
    'a data key of 0 bytes',
    'InvalidParameter',
    () => ({ action: 'GenerateDataKey', body: { KeyId, NumberOfBytes: 0 } }),
  ],
  ['1,025 random bytes', 'InvalidParameter', () => ({ action: 'GenerateRandom', body: { NumberOfBytes: 1025 } })],
  [
    'a tag given twice',
    'DuplicateTag',
    () => ({
      action: 'CreateKey',
      body: {
        Alias: 'x',
        Tags: [
          { TagKey: 'a', TagValue: '1' },
          { TagKey: 'a', TagValue: '2' },
        ],
      },
    }),
  ],
]

describe.each(['aws', 'tencent'] as const)('%s', (dialect: DialectName) => {
  it.each(faults)('%s is refused with %s', async (what, code, fault) => {
    const asked = fault()
    // AWS has no alias in CreateKey.
    if (dialect === 'aws' && what === 'a tag given twice') delete (asked.body as { Alias?: string }).Alias
    const told = await ask(dialect, running, asked)
    const { status, hint, [dialect]: name } = errorCatalogue[code]
    expect(told).toMatchObject({ error: name, status: dialect === 'aws' ? status : 200 })
    expect(told.message).toContain(hint)
    expect(await lastRecord()).toMatchObject({ outcome: code, action: expect.stringMatching(/^(\w+|)$/) })
  })

  it('a request without a signature is refused', async () => {
    const headers =
      dialect === 'aws'
        ? { 'x-amz-target': 'TrentService.ListKeys' }
        : { 'x-tc-action': 'ListKeys', 'x-tc-version': '2019-01-18' }
    const response = await fetch(running.server.url, { method: 'POST', headers, body: '{}' })
    expect(await response.text()).toContain(errorCatalogue.MissingAuthentication[dialect])
    expect(await lastRecord()).toMatchObject({ outcome: 'MissingAuthentication', principal: null })
  })

  it('a disabled key is refused, and works again when enabled', async () => {
    const { keyId } = await running.keys.createKey({})
    const body = { KeyId: keyId, NumberOfBytes: 32 }
    await running.keys.disableKey(keyId)
    expect(await ask(dialect, running, { action: 'GenerateDataKey', body })).toMatchObject({
      error: errorCatalogue.KeyDisabled[dialect],
    })
    await running.keys.enableKey(keyId)
    expect(await ask(dialect, running, { action: 'GenerateDataKey', body })).toMatchObject({ error: null })
  })

  it('another context is refused, and the order of its names does not matter', async () => {
    const context = { b: '2', a: '1' }
    const { ciphertext } = await running.keys.encrypt({ keyId: KeyId, plaintext: Buffer.from('x'), context })
    const CiphertextBlob = Buffer.from(ciphertext).toString('base64')
    const decrypt = (other: object) => {
      const EncryptionContext = dialect === 'aws' ? other : JSON.stringify(other)
      return ask(dialect, running, { action: 'Decrypt', body: { CiphertextBlob, EncryptionContext } })
    }
    expect(await decrypt({ a: '1', b: '2' })).toMatchObject({ error: null })
    for (const other of [{}, { a: '1' }, { a: '1', b: '3' }, { a: '1', b: '2', c: '' }])
      expect(await decrypt(other)).toMatchObject({ error: errorCatalogue.DecryptionFailed[dialect] })
  })
})

describe('only one dialect has', () => {
  it.each(['{"a":"1","a":"2"}', '{"a":1}', '["a"]', 'a=b'])('a context as text: %s', async (EncryptionContext) => {
    const body = { KeyId, Plaintext: text, EncryptionContext }
    expect(await ask('tencent', running, { action: 'Encrypt', body })).toMatchObject({ error: 'InvalidParameter' })
  })

  it('a context of 1,024 characters, not more', async () => {
    const context = (size: number) => JSON.stringify({ a: 'x'.repeat(size - 8) })
    const encrypt = (EncryptionContext: string) =>
      ask('tencent', running, { action: 'Encrypt', body: { KeyId, Plaintext: text, EncryptionContext } })
    expect(await encrypt(context(1024))).toMatchObject({ error: null })
    expect(await encrypt(context(1025))).toMatchObject({ error: 'InvalidParameter' })
  })

  it('an API version', async () => {
    const headers = { 'x-tc-version': '2018-01-01' }
    expect(await ask('tencent', running, { action: 'ListKeys', headers })).toMatchObject({ error: 'NoSuchVersion' })
  })

  it.each(['kms-mine', '-a', 'ä', 'a'.repeat(61), 'a b', ''])('an alias that may not be %j', async (Alias) => {
    const told = await ask('tencent', running, { action: 'CreateKey', body: { Alias } })
    expect(told.error).toBe('InvalidParameterValue.InvalidAlias')
  })

  it('session tokens, of which none is known here', async () => {
    const aws = await ask('aws', running, { action: 'ListKeys', headers: { 'x-amz-security-token': 'x' } })
    expect(aws.error).toBe('UnrecognizedClientException')
    const tencent = await ask('tencent', running, { action: 'ListKeys', headers: { 'x-tc-token': 'x' } })
    expect(tencent.error).toBe('AuthFailure.TokenFailure')
  })

  it.each([{ Recipient: {} }])('%j, which is not served', async (extra) => {
    const body = { KeyId, NumberOfBytes: 32, ...extra }
    const told = await ask('aws', running, { action: 'GenerateDataKey', body })
    expect(told.error).toBe('UnsupportedOperationException')
  })

  it('a data key size, which must be told once', async () => {
    for (const size of [{}, { KeySpec: 'AES_256', NumberOfBytes: 32 }])
      expect(await ask('aws', running, { action: 'GenerateDataKey', body: { KeyId, ...size } })).toMatchObject({
        error: 'ValidationException',
      })
  })
})

it('an audit that can not be written fails the request', async () => {
  const broken = await start(() => ({
    audit: {
      append: async () => {
        throw new Error('disk full')
      },
      list: async () => [],
    },
  }))
  expect(await ask('aws', broken, { action: 'MakeCoffee' })).toMatchObject({
    error: 'KMSInternalException',
    status: 500,
  })
  await broken.close()
})
