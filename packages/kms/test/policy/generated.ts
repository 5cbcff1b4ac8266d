import fc from 'fast-check'
import { operatorTable } from '../../src/policy/operators.ts'
import type { IamDocument, IamStatement } from './reference-evaluator.ts'

export const ACCOUNT = '000000000001'
export const OTHER = '000000000002'

const user = (account: string, name: string) => `arn:aws:iam::${account}:user/${name}`
const role = `arn:aws:iam::${ACCOUNT}:role/backup`
const session = `arn:aws:sts::${ACCOUNT}:assumed-role/backup/night`
const keyArn = (name: string) => `arn:aws:kms:local-1:${ACCOUNT}:key/${name}`

const actions = ['kms:Decrypt', 'kms:Encrypt', 'kms:DescribeKey', 'kms:PutKeyPolicy', 'kms:GenerateDataKey']
const actionPatterns = fc.constantFrom(...actions, '*', 'kms:*', 'kms:*crypt', 'KMS:de*', 'kms:?ncrypt', 's3:*')
const resourcePatterns = fc.constantFrom(
  '*',
  keyArn('aa'),
  keyArn('*'),
  keyArn('?b'),
  `arn:aws:kms:*:${ACCOUNT}:key/a*`,
)
const principals = fc.constantFrom(
  '*',
  ACCOUNT,
  OTHER,
  `arn:aws:iam::${ACCOUNT}:root`,
  user(ACCOUNT, '100'),
  user(OTHER, '200'),
  role,
  session,
)

const texts = ['prod', 'Prod', 'test', 'prod-1', '']
const numbers = ['0', '5', '5.5', '300']
const dates = ['2026-01-01T00:00:00Z', '2026-06-01T12:00:00+08:00', '2027-01-01']
const bools = ['true', 'false']
const addresses = ['10.1.2.3', '10.1.0.0', '192.168.0.9', '2001:db8::5', '2001:db9::5']
const blocks = ['10.0.0.0/8', '10.1.2.3', '0.0.0.0/0', '2001:db8::/32', '2001:db8::5/127', '::/1']

interface Kind {
  readonly operators: RegExp
  readonly keys: readonly string[]
  readonly values: readonly string[]
}

const kinds: readonly Kind[] = [
  {
    operators: /^String/,
    keys: [
      'kms:EncryptionContext:stage',
      'aws:ResourceTag/stage',
      'aws:PrincipalTag/stage',
      'aws:TagKeys',
      'kms:ViaService',
    ],
    values: [...texts.slice(0, 4), 'prod*', '?rod', '*1'],
  },
  { operators: /^Numeric/, keys: ['aws:MultiFactorAuthAge'], values: numbers },
  { operators: /^Date/, keys: ['aws:CurrentTime'], values: dates },
  { operators: /^Bool/, keys: ['aws:SecureTransport'], values: bools },
  { operators: /Ip/, keys: ['aws:SourceIp'], values: blocks },
]

const list = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 })

const condition = fc.constantFrom(...kinds).chain(({ operators, keys, values }) =>
  fc.record({
    quantifier: fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
    operator: fc.constantFrom(...operatorTable.map(({ iam }) => iam).filter((name) => operators.test(name))),
    ifExists: fc.constantFrom('', '', 'IfExists'),
    key: fc.constantFrom(...keys),
    values: list(fc.constantFrom(...values)),
  }),
)

const operator = condition.map(
  ({ quantifier, operator, ifExists, key, values }) => [quantifier + operator + ifExists, { [key]: values }] as const,
)
const absent = fc
  .tuple(fc.constantFrom('aws:MultiFactorAuthAge', 'aws:TagKeys', 'kms:ViaService'), fc.constantFrom(...bools))
  .map(([key, value]) => ['Null', { [key]: [value] }] as const)

const conditions = fc
  .array(fc.oneof({ weight: 4, arbitrary: operator }, { weight: 1, arbitrary: absent }), { maxLength: 2 })
  .map((entries) => Object.fromEntries(entries))

const statement = (kind: 'identity' | 'key', negations: boolean): fc.Arbitrary<IamStatement> =>
  fc
    .record({
      Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
      action: fc.tuple(fc.boolean(), list(actionPatterns)),
      resource: fc.tuple(fc.boolean(), list(resourcePatterns)),
      principal: fc.tuple(fc.boolean(), list(principals)),
      Condition: conditions,
    })
    .map(({ Effect, action, resource, principal, Condition }) => ({
      Effect,
      ...(negations && action[0] ? { NotAction: action[1] } : { Action: action[1] }),
      ...(negations && resource[0] ? { NotResource: resource[1] } : { Resource: resource[1] }),
      ...(kind === 'identity'
        ? {}
        : negations && principal[0] && Effect === 'Deny'
          ? { NotPrincipal: { AWS: principal[1] } }
          : { Principal: { AWS: principal[1] } }),
      Condition,
    }))

export const documents = (kind: 'identity' | 'key', negations = true): fc.Arbitrary<IamDocument> =>
  fc
    .array(statement(kind, negations), { minLength: 1, maxLength: 5 })
    .map((Statement) => ({ Version: '2012-10-17' as const, Statement }))

/** The whole key left to the identity policies of its account, as the console's default policy does. */
const delegating: IamDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`] },
      Action: ['kms:*'],
      Resource: ['*'],
      Condition: {},
    },
  ],
}

/** One in three delegates: what such a policy decides is rare among statements made at random. */
export const keyPolicies: fc.Arbitrary<IamDocument> = fc.oneof(
  { weight: 2, arbitrary: documents('key') },
  { weight: 1, arbitrary: fc.constant(delegating) },
)

const callers = fc.constantFrom(
  { arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT },
  { arn: user(ACCOUNT, '100'), account: ACCOUNT },
  { arn: user(OTHER, '200'), account: OTHER },
  { arn: session, account: ACCOUNT, roleArn: role },
)

const some = (values: readonly string[], most = 1) => fc.subarray([...values], { minLength: 0, maxLength: most })

export const questions = fc.record({
  principal: callers,
  action: fc.constantFrom(...actions),
  resource: fc.constantFrom(keyArn('aa'), keyArn('bb'), keyArn('a/b')),
  account: fc.constant(ACCOUNT),
  context: fc
    .record({
      'kms:EncryptionContext:stage': some(texts),
      'aws:ResourceTag/stage': some(texts),
      'aws:PrincipalTag/stage': some(texts),
      'aws:TagKeys': some(texts, 3),
      'kms:ViaService': some(texts),
      'aws:MultiFactorAuthAge': some(numbers),
      'aws:CurrentTime': some(dates),
      'aws:SecureTransport': some(bools),
      'aws:SourceIp': some(addresses),
    })
    .map((values) => new Map(Object.entries(values))),
})
