import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * The rules of docs/policies.md once more, as plainly as they can be written and sharing nothing with the evaluator:
 * reads IAM documents again for every question, and turns wildcards into regular expressions.
 */
export interface IamStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: readonly string[]
  readonly NotResource?: readonly string[]
  readonly Principal?: { readonly AWS: readonly string[] }
  readonly NotPrincipal?: { readonly AWS: readonly string[] }
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

export interface IamDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly IamStatement[]
}

export interface Question {
  readonly principal: { readonly arn: string; readonly account: string; readonly roleArn?: string }
  readonly action: string
  readonly resource: string
  readonly account: string
  /** By condition key in lower case. */
  readonly context: ReadonlyMap<string, readonly string[]>
}

export interface ReferencePolicies {
  readonly identity: readonly IamDocument[]
  readonly key: IamDocument | null
  readonly session: readonly IamDocument[] | null
  /** Grants that allow this question. */
  readonly granted: boolean
}

export function referenceAllows(question: Question, policies: ReferencePolicies): boolean {
  const { identity, key, session, granted } = policies
  const all = (documents: readonly IamDocument[]) => documents.flatMap(({ Statement }) => Statement)
  const identityStatements = all(identity)
  const keyStatements = key === null ? [] : key.Statement
  const sessionStatements = session === null ? [] : all(session)
  const isRoot = question.principal.arn === `arn:aws:iam::${question.principal.account}:root`
  const own = question.principal.account === question.account

  if (isRoot && own && key !== null)
    if (['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'].includes(question.action)) return true

  const everything = [...identityStatements, ...keyStatements, ...sessionStatements]
  if (everything.some((statement) => statement.Effect === 'Deny' && applies(statement, question))) return false

  const allowing = (statements: readonly IamStatement[]) =>
    statements.filter((statement) => statement.Effect === 'Allow' && applies(statement, question))
  const identityAllows = isRoot || allowing(identityStatements).length > 0
  const names = allowing(keyStatements).flatMap((statement) => statement.Principal?.AWS ?? [])
  const { arn, roleArn, account } = question.principal
  const sessionNamed = roleArn !== undefined && names.includes(arn)
  const named = (names.includes(arn) && !isRoot) || names.includes('*') || (names.includes(roleArn ?? arn) && !isRoot)
  const delegated = names.includes(account) || names.includes(`arn:aws:iam::${account}:root`)

  let allowed: boolean
  if (key === null) allowed = own && isRoot ? true : allowing(identityStatements).length > 0
  else if (own) allowed = named || granted || (delegated && identityAllows)
  else allowed = (named || granted || delegated) && identityAllows

  if (!allowed) return false
  if (session === null || sessionNamed) return true
  return allowing(sessionStatements).length > 0
}

function applies(statement: IamStatement, question: Question): boolean {
  const some = (patterns: readonly string[] = [], text: string, flags = '') =>
    patterns.some((pattern) => like(pattern, text, flags))
  if (statement.Action && !some(statement.Action, question.action, 'i')) return false
  if (statement.NotAction && some(statement.NotAction, question.action, 'i')) return false
  if (statement.Resource && !some(statement.Resource, question.resource)) return false
  if (statement.NotResource && some(statement.NotResource, question.resource)) return false
  if (statement.Principal && !meant(statement.Principal.AWS, question)) return false
  if (statement.NotPrincipal && meant(statement.NotPrincipal.AWS, question)) return false
  for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
    for (const [key, values] of Object.entries(keys))
      if (!condition(operator, values, question.context.get(key.toLowerCase()) ?? [])) return false
  return true
}

const meant = (names: readonly string[], { principal: { arn, roleArn, account } }: Question): boolean =>
  ['*', arn, roleArn ?? arn, account, `arn:aws:iam::${account}:root`].some((name) => names.includes(name))

function like(pattern: string, text: string, flags: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
  return new RegExp(`^${source}$`, flags).test(text)
}

function condition(operator: string, wanted: readonly string[], actual: readonly string[]): boolean {
  if (operator === 'Null') return wanted.some((value) => (value === 'true') === (actual.length === 0))
  const optional = operator.endsWith('IfExists')
  const name = operator.replace(/IfExists$/, '')
  if (optional && actual.length === 0) return true
  if (name.startsWith('ForAllValues:')) return actual.every((value) => single(name.slice(13), wanted, value))
  if (name.startsWith('ForAnyValue:')) return actual.some((value) => single(name.slice(12), wanted, value))
  if (name.includes('Not')) return actual.every((value) => single(name, wanted, value))
  return actual.some((value) => single(name, wanted, value))
}

function single(operator: string, wanted: readonly string[], actual: string): boolean {
  const any = (test: (value: string) => boolean) => wanted.some(test)
  switch (operator) {
    case 'StringEquals':
      return any((value) => value === actual)
    case 'StringNotEquals':
      return !any((value) => value === actual)
    case 'StringEqualsIgnoreCase':
      return any((value) => value.toLowerCase() === actual.toLowerCase())
    case 'StringNotEqualsIgnoreCase':
      return !any((value) => value.toLowerCase() === actual.toLowerCase())
    case 'StringLike':
      return any((value) => like(value, actual, ''))
    case 'StringNotLike':
      return !any((value) => like(value, actual, ''))
    case 'NumericEquals':
      return any((value) => Number(actual) === Number(value))
    case 'NumericNotEquals':
      return !any((value) => Number(actual) === Number(value))
    case 'NumericLessThan':
      return any((value) => Number(actual) < Number(value))
    case 'NumericLessThanEquals':
      return any((value) => Number(actual) <= Number(value))
    case 'NumericGreaterThan':
      return any((value) => Number(actual) > Number(value))
    case 'NumericGreaterThanEquals':
      return any((value) => Number(actual) >= Number(value))
    case 'DateEquals':
      return any((value) => Date.parse(actual) === Date.parse(value))
    case 'DateNotEquals':
      return !any((value) => Date.parse(actual) === Date.parse(value))
    case 'DateLessThan':
      return any((value) => Date.parse(actual) < Date.parse(value))
    case 'DateLessThanEquals':
      return any((value) => Date.parse(actual) <= Date.parse(value))
    case 'DateGreaterThan':
      return any((value) => Date.parse(actual) > Date.parse(value))
    case 'DateGreaterThanEquals':
      return any((value) => Date.parse(actual) >= Date.parse(value))
    case 'Bool':
      return any((value) => value === actual)
    case 'IpAddress':
      return any((value) => within(value, actual))
    case 'NotIpAddress':
      return !any((value) => within(value, actual))
    default:
      throw new Error(`the reference does not know ${operator}`)
  }
}

function within(block: string, address: string): boolean {
  const list = new BlockList()
  const family = (text: string) => (isIPv4(text) ? 'ipv4' : 'ipv6')
  const [network = '', prefix] = block.split('/')
  if (prefix === undefined) list.addAddress(network, family(network))
  else list.addSubnet(network, Number(prefix), family(network))
  return (isIPv4(address) || isIPv6(address)) && list.check(address, family(address))
}
