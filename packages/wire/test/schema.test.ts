import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actions, parseJsonObject, parseKeyName, parseWith, refusedAws, refusedTencent } from '../src/index.ts'

const refused = (code: string) => expect.objectContaining({ code })

describe('parseJsonObject', () => {
  it('reads what JSON.parse reads of any object', () => {
    const value = fc.dictionary(
      fc.string().filter((name) => name !== '__proto__'),
      fc.jsonValue({ noUnicodeString: false }),
    )
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (object, indent) => {
        const json = JSON.stringify(object, null, indent)
        if (json.includes('__proto__')) return
        expect(parseJsonObject(json)).toEqual(JSON.parse(json))
      }),
    )
  })

  it.each([
    '{"a":1,"a":1}',
    '{"a":1 , "b":{}, "a" : 2}',
    '{"x":{"a":1,"a":2}}',
    '{"x":[1,{"a":1,"a":2}]}',
    '{"a":1,"\\u0061":2}',
    '{"a\\\\":1,"a\\\\":2}',
    '{"a\\"":1,"a\\"":2}',
    '{"__proto__":{}}',
    '{"x":[{"__proto__":1}]}',
  ])('refuses the repetition in %s', (json) => {
    expect(() => parseJsonObject(json)).toThrow(refused('MalformedRequest'))
  })

  it.each([
    '{"a":"a"}',
    '{"a":{"a":{"a":1}}}',
    '{"x":[{"a":1},{"a":2}]}',
    '{"a":"\\"a\\":1","b":"\\\\"}',
    '{"a":"b","b":"a"}',
    '{}',
  ])('takes %s', (json) => {
    expect(parseJsonObject(json)).toEqual(JSON.parse(json))
  })

  it.each(['', 'null', '[]', '"a"', '1', '{', '{"a":}', '{} {}'])('refuses %j', (json) => {
    expect(() => parseJsonObject(json)).toThrow(refused('MalformedRequest'))
  })
})

describe('parseKeyName', () => {
  const id = '01234567-89ab-4cde-8f01-23456789abcd'

  it.each([
    [id, { kind: 'id', keyId: id }],
    ['alias/a/b-c_d', { kind: 'alias', alias: 'a/b-c_d' }],
    [
      `arn:aws:kms:local-1:000000000001:key/${id}`,
      { kind: 'id', keyId: id, region: 'local-1', accountId: '000000000001' },
    ],
    ['arn:aws:kms:eu-1:123456789012:alias/x', { kind: 'alias', alias: 'x', region: 'eu-1', accountId: '123456789012' }],
  ])('reads %s', (name, parsed) => {
    expect(parseKeyName(name)).toEqual(parsed)
  })

  it.each([
    '',
    'x',
    id.toUpperCase(),
    `${id} `,
    'alias/',
    'alias/é',
    `alias/${'a'.repeat(251)}`,
    `arn:aws:kms:local-1:1:key/${id}`,
    'arn:aws:kms:local-1:000000000001:key/x',
    `arn:aws:s3:local-1:000000000001:key/${id}`,
  ])('refuses %j', (name) => {
    expect(() => parseKeyName(name)).toThrow(refused('InvalidKeyId'))
  })
})

describe('the action table', () => {
  const forms = (dialect: 'aws' | 'tencent') => actions.flatMap((action) => action[dialect] ?? [])

  it.each(['aws', 'tencent'] as const)('has each name of the %s dialect once', (dialect) => {
    const names = forms(dialect).map(({ name }) => name)
    const not = (dialect === 'aws' ? refusedAws : refusedTencent).map(({ name }) => name)
    expect([...names, ...not].length).toBe(new Set([...names, ...not]).size)
  })

  it('reads any JSON at all into an input or a coded error', () => {
    const schemas = [...forms('aws'), ...forms('tencent')].map(({ request }) => request)
    const parameters = fc.dictionary(
      fc.constantFrom('KeyId', 'Plaintext', 'CiphertextBlob', 'NumberOfBytes', 'Limit', 'Alias', 'Tags', 'Other'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...schemas), parameters, (schema, given) => {
        try {
          parseWith(schema, given)
        } catch (error) {
          expect(error).toMatchObject({ name: 'HufuError' })
        }
      }),
      { numRuns: 500 },
    )
  })
})
