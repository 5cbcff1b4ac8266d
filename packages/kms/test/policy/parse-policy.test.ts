import { describe, expect, it } from 'vitest'
import { MAX_POLICY_SIZE, MAX_STATEMENTS, MAX_VALUES, PolicyError, parsePolicy } from '../../src/policy/index.ts'
import { MAX_CONDITIONS, MAX_NESTING, MAX_VALUE_LENGTH } from '../../src/policy/limits.ts'
import { readJson } from '../../src/policy/read-json.ts'

const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }
const iam = (changed: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...changed }] })
const cam = (changed: object = {}) =>
  JSON.stringify({
    version: '2.0',
    statement: [{ effect: 'allow', action: 'name/kms:Decrypt', resource: '*', ...changed }],
  })

function pathOfFault(text: string, kind: 'identity' | 'key' = 'identity'): string {
  try {
    parsePolicy(text, kind)
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError)
    return (error as PolicyError).path
  }
  throw new Error('the policy was accepted')
}

describe('a malformed policy is refused with the path of the fault', () => {
  it.each([
    ['not JSON', '{"Version":', ''],
    ['no object', '[]', ''],
    ['another version', iam().replace('2012-10-17', '2008-10-17'), 'Version'],
    ['an unknown field', iam({ Efect: 'Deny' }), 'Statement[0].Efect'],
    ['another effect', iam({ Effect: 'allow' }), 'Statement[0].Effect'],
    ['no action', iam({ Action: undefined }), 'Statement[0].Action'],
    ['action and its negation', iam({ NotAction: 'kms:Encrypt' }), 'Statement[0].NotAction'],
    ['an action of no service', iam({ Action: ['kms:*', 'Decrypt'] }), 'Statement[0].Action[1]'],
    ['a short ARN', iam({ Resource: 'arn:aws:kms:*' }), 'Statement[0].Resource[0]'],
    ['a principal in an identity policy', iam({ Principal: '*' }), 'Statement[0].Principal'],
    ['an unknown operator', iam({ Condition: { StringSame: {} } }), 'Statement[0].Condition.StringSame'],
    [
      'an unknown key',
      iam({ Condition: { Bool: { 'aws:Nonsense': true } } }),
      'Statement[0].Condition.Bool.aws:Nonsense',
    ],
    [
      'no number',
      iam({ Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': ['5', 'x'] } } }),
      'Statement[0].Condition.NumericLessThan.aws:MultiFactorAuthAge[1]',
    ],
    [
      'no address block',
      iam({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } } }),
      'Statement[0].Condition.IpAddress.aws:SourceIp[0]',
    ],
    ['a policy variable', iam({ Resource: `arn:aws:kms:::key/${'$'}{aws:username}` }), 'Statement[0].Resource[0]'],
    ['a name twice', iam().replace('"Effect"', '"Effect":"Deny","Effect"'), 'Statement[0].Effect'],
    ['a five-part name', cam({ resource: 'qcs::kms:local-1:uin/1' }), 'statement[0].resource[0]'],
    ['an IAM operator in CAM', cam({ condition: { StringEquals: {} } }), 'statement[0].condition.StringEquals'],
    ['no resource in CAM', cam({ resource: undefined }), 'statement[0].resource'],
  ])('%s', (_, text, path) => {
    expect(pathOfFault(text)).toBe(path)
  })

  it('in a key policy: no principal, one with wildcards, an exception in a permission', () => {
    expect(pathOfFault(iam(), 'key')).toBe('Statement[0].Principal')
    expect(pathOfFault(iam({ Principal: { AWS: 'arn:aws:iam::000000000001:user/*' } }), 'key')).toBe(
      'Statement[0].Principal.AWS[0]',
    )
    expect(pathOfFault(iam({ Principal: {} }), 'key')).toBe('Statement[0].Principal')
    expect(pathOfFault(iam({ NotPrincipal: { AWS: '*' } }), 'key')).toBe('Statement[0].NotPrincipal')
  })
})

describe('hostile documents', () => {
  it('__proto__ is refused wherever it stands, and nothing is inherited from it', () => {
    expect(pathOfFault(`{"__proto__":${iam()},"Version":"2012-10-17"}`)).toBe('__proto__')
    expect(pathOfFault(iam({ Condition: 0 }).replace('"Condition":0', '"Condition":{"__proto__":{}}'))).toBe(
      'Statement[0].Condition.__proto__',
    )
    expect(pathOfFault(iam({ Condition: { StringEquals: { constructor: 'x' } } }))).toBe(
      'Statement[0].Condition.StringEquals.constructor',
    )
    expect(pathOfFault(iam({ Condition: { toString: { 'aws:SourceIp': 'x' } } }))).toBe(
      'Statement[0].Condition.toString',
    )
    expect(Object.hasOwn(Object.prototype, 'Effect')).toBe(false)
  })

  it('10 MB, and JSON 100,000 levels deep, are refused before they are read', () => {
    expect(() => parsePolicy(iam({ Sid: 'x'.repeat(10_000_000) }), 'identity')).toThrow('bytes of policy')
    expect(() => parsePolicy('['.repeat(100_000), 'identity')).toThrow('bytes of policy')
  })

  it('no name reads as two: an escaped one is the same', () => {
    expect(pathOfFault(iam().replace('"Effect"', '"\\u0045ffect":"Deny","Effect"'))).toBe('Statement[0].Effect')
  })
})

describe('limits hold at their edges', () => {
  const many = <T>(count: number, value: T): T[] => Array<T>(count).fill(value)

  it('bytes', () => {
    const room = MAX_POLICY_SIZE - Buffer.byteLength(iam())
    expect(parsePolicy(iam() + ' '.repeat(room), 'identity').statements).toHaveLength(1)
    expect(pathOfFault(iam() + ' '.repeat(room + 1))).toBe('')
  })

  it('statements', () => {
    const document = (count: number) => JSON.stringify({ Version: '2012-10-17', Statement: many(count, statement) })
    expect(parsePolicy(document(MAX_STATEMENTS), 'identity').statements).toHaveLength(MAX_STATEMENTS)
    expect(pathOfFault(document(MAX_STATEMENTS + 1))).toBe('Statement')
  })

  it('values and their length', () => {
    expect(() => parsePolicy(iam({ Action: many(MAX_VALUES, 'kms:Decrypt') }), 'identity')).not.toThrow()
    expect(pathOfFault(iam({ Action: many(MAX_VALUES + 1, 'kms:Decrypt') }))).toBe('Statement[0].Action')
    const action = (length: number) => iam({ Action: `kms:${'x'.repeat(length - 4)}` })
    expect(() => parsePolicy(action(MAX_VALUE_LENGTH), 'identity')).not.toThrow()
    expect(pathOfFault(action(MAX_VALUE_LENGTH + 1))).toBe('Statement[0].Action[0]')
  })

  it('conditions', () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`aws:RequestTag/${index}`, 'x']))
    expect(() => parsePolicy(iam({ Condition: { StringEquals: keys(MAX_CONDITIONS) } }), 'identity')).not.toThrow()
    expect(pathOfFault(iam({ Condition: { StringEquals: keys(MAX_CONDITIONS + 1) } }))).toBe(
      'Statement[0].Condition.StringEquals',
    )
  })

  it('nesting', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => readJson(nested(MAX_NESTING))).not.toThrow()
    expect(() => readJson(nested(MAX_NESTING + 1))).toThrow('inside one another')
  })
})
