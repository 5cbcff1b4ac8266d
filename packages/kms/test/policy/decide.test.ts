import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  CompiledPolicy,
  conditionKeyPrefixes,
  conditionKeys,
  conditionValues,
  decide,
  operatorTable,
  type Policies,
  type PolicyKind,
  type PolicyRequest,
  parsePolicy,
  type RequestFacts,
} from '../../src/policy/index.ts'

const ACCOUNT = '000000000001'
const KEY = `arn:aws:kms:local-1:${ACCOUNT}:key/aa`
const user = { arn: `arn:aws:iam::${ACCOUNT}:user/anna`, account: ACCOUNT }
const root = { arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT }
const page = readFileSync(new URL('../../../../docs/policies.md', import.meta.url), 'utf8')

const facts: RequestFacts = { principal: user, at: 1_790_000_000_000, secureTransport: true, sourceIp: '10.1.2.3' }
const ask = (action: string, more: Partial<RequestFacts> = {}): PolicyRequest => ({
  principal: more.principal ?? user,
  action,
  resource: KEY,
  account: ACCOUNT,
  context: conditionValues({ ...facts, ...more }),
})

const example = (syntax: string, kind: PolicyKind) => {
  const [, text = ''] = new RegExp(`\`\`\`json ${syntax} ${kind}\n([^]*?)\`\`\``).exec(page) ?? []
  return new CompiledPolicy(kind, parsePolicy(text, kind))
}
const policies = (some: Partial<Policies>): Policies => ({
  identity: [],
  key: null,
  session: null,
  grants: [],
  ...some,
})
const compile = (kind: PolicyKind, ...Statement: object[]) =>
  new CompiledPolicy(kind, parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), kind))

describe('the examples of docs/policies.md', () => {
  it.each(['iam', 'cam'])('the identity policy in %s', (syntax) => {
    const all = policies({ identity: [example(syntax, 'identity')], key: example('iam', 'key') })
    const encryptionContext = { app: 'backup' }
    expect(decide(ask('kms:Decrypt', { encryptionContext }), all)).toEqual({
      allowed: true,
      reason: 'allowed by the identity policy to which the key policy leaves it',
      by: { policy: 'identity', statement: 0, sid: syntax === 'iam' ? 'BackupsOfTheOffice' : null },
    })
    for (const other of [
      ask('kms:Encrypt', { encryptionContext }),
      ask('kms:Decrypt'),
      ask('kms:Decrypt', { encryptionContext: { App: 'backup' } }),
      ask('kms:Decrypt', { encryptionContext, sourceIp: '192.0.2.1' }),
    ])
      expect(decide(other, all)).toEqual({ allowed: false, reason: 'denied: no identity policy allows it', by: null })
  })

  it('the key policy', () => {
    const all = policies({ key: example('iam', 'key') })
    expect(decide(ask('kms:ScheduleKeyDeletion', { principal: root, mfaAge: 60 }), all).allowed).toBe(true)
    expect(decide(ask('kms:ScheduleKeyDeletion', { principal: root, mfaAge: 301 }), all)).toEqual({
      allowed: false,
      reason: 'denied by a statement',
      by: { policy: 'key', statement: 1, sid: 'SecondFactor' },
    })
  })
})

describe('the tables of docs/policies.md', () => {
  const firstColumns = (title: string) =>
    [...(page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)

  it('have every operator and every key, and no other', () => {
    expect(firstColumns('Operators')).toEqual(operatorTable.map(({ iam }) => iam))
    const prefixed = conditionKeyPrefixes.map((prefix) => `${prefix}NAME`)
    expect(firstColumns('Keys').sort()).toEqual([...conditionKeys, ...prefixed].sort())
  })
})

describe('combination', () => {
  const grant = { id: 'g1', grantee: user.arn, key: KEY, operations: ['Decrypt'] }
  const closed = compile('key', {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::000000000001:user/other' },
    Action: 'kms:*',
    Resource: '*',
  })

  it('a key policy that locks everybody out leaves root the way back, and nothing else', () => {
    const locked = compile('key', { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' })
    for (const action of ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy']) {
      expect(decide(ask(action, { principal: root }), policies({ key: locked })).allowed).toBe(true)
      expect(decide(ask(action), policies({ key: locked })).allowed).toBe(false)
    }
    expect(decide(ask('kms:Decrypt', { principal: root }), policies({ key: locked })).allowed).toBe(false)
  })

  it('an identity policy is nothing to a key that is not left to the account', () => {
    const identity = [compile('identity', { Effect: 'Allow', Action: '*', Resource: '*' })]
    expect(decide(ask('kms:Decrypt'), policies({ identity, key: closed })).reason).toBe(
      'denied: neither the key policy nor a grant allows it',
    )
  })

  it('a grant is bound to its principal, key, operation and encryption context', () => {
    const granted = (request: PolicyRequest, constraint: object = {}) =>
      decide(request, policies({ key: closed, grants: [{ ...grant, ...constraint }] }))
    expect(granted(ask('kms:Decrypt'))).toMatchObject({ allowed: true, by: { grant: 'g1' } })
    expect(granted(ask('kms:Encrypt')).allowed).toBe(false)
    expect(granted(ask('kms:Decrypt', { principal: { ...user, arn: `${user.arn}x` } })).allowed).toBe(false)
    expect(granted({ ...ask('kms:Decrypt'), resource: `${KEY}b` }).allowed).toBe(false)
    const more = ask('kms:Decrypt', { encryptionContext: { a: '1', b: '2' } })
    expect(granted(more, { contextSubset: { a: '1' } }).allowed).toBe(true)
    expect(granted(more, { contextEquals: { a: '1' } }).allowed).toBe(false)
    expect(granted(more, { contextEquals: { b: '2', a: '1' } }).allowed).toBe(true)
    expect(granted(more, { contextSubset: { a: '2' } }).allowed).toBe(false)
  })

  it('names of the encryption context mean nothing to JavaScript', () => {
    const identity = [
      compile('identity', {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'kms:EncryptionContext:constructor': 'x' } },
      }),
    ]
    const encryptionContext = JSON.parse('{"constructor":"x","__proto__":"y"}')
    expect(decide(ask('kms:Decrypt'), policies({ identity })).allowed).toBe(false)
    expect(decide(ask('kms:Decrypt', { encryptionContext }), policies({ identity })).allowed).toBe(true)
  })

  it('100,000 action names that nobody has are answered and not remembered', () => {
    const identity = [compile('identity', { Effect: 'Allow', Action: 'kms:*', Resource: '*' })]
    const request = ask('kms:Decrypt')
    for (let index = 0; index < 100_000; index += 1)
      if (decide({ ...request, action: `none:${index}` }, policies({ identity })).allowed) expect.fail(`${index}`)
    expect(decide(request, policies({ identity })).allowed).toBe(true)
  })
})
