import { comparisons } from './comparisons.ts'
import { conditionKey, tokenClaimKey } from './condition-keys.ts'
import type { PolicyKind } from './parse-policy.ts'
import type { Condition, Operator, Patterns, Principals, Statement } from './policy.ts'
import { PolicyError, pathOf } from './policy-error.ts'
import type { Syntax, Values, WrittenStatement } from './syntax.ts'

type Path = readonly PropertyKey[]

/** One statement in the normal form. Throws `PolicyError`. */
export function readStatement(written: WrittenStatement, syntax: Syntax, kind: PolicyKind, path: Path): Statement {
  return {
    sid: written.sid,
    effect: written.effect,
    actions: patterns(written, syntax, 'action', 'notAction', path),
    resources:
      kind === 'trust'
        ? anyResource(written, syntax, path)
        : patterns(written, syntax, 'resource', 'notResource', path),
    principals: principals(written, syntax, kind, path),
    conditions: Object.entries(written.condition ?? {}).flatMap(([name, keys]) =>
      readOperator(name, keys, syntax, kind, [...path, syntax.names.condition, name]),
    ),
  }
}

function patterns(
  written: WrittenStatement,
  syntax: Syntax,
  field: 'action' | 'resource',
  notField: 'notAction' | 'notResource',
  path: Path,
): Patterns {
  const chosen = eitherOf<typeof field | typeof notField>(written, syntax, field, notField, path)
  if (chosen === null) throw fault([...path, syntax.names[field]], 'expected it, received nothing')
  const values = written[chosen] ?? []
  const at = [...path, syntax.names[chosen]]
  return { negated: chosen === notField, patterns: readEach(values, at, syntax.expected[field], syntax[field]) }
}

/** The resource of a role's trust is the role. */
function anyResource(written: WrittenStatement, { names }: Syntax, path: Path): Patterns {
  for (const field of ['resource', 'notResource'] as const)
    if (written[field] !== undefined) throw fault([...path, names[field]], 'expected no resource in a trust policy')
  return { patterns: ['*'], negated: false }
}

function principals(written: WrittenStatement, syntax: Syntax, kind: PolicyKind, path: Path): Principals | null {
  const chosen = eitherOf<'principal' | 'notPrincipal'>(written, syntax, 'principal', 'notPrincipal', path)
  const names = kind === 'key' || kind === 'trust'
  if (chosen === null && !names) return null
  const at = [...path, syntax.names[chosen ?? 'principal']]
  if (chosen === null) throw fault(at, `expected it in a ${kind} policy, received nothing`)
  if (!names) throw fault(at, 'expected no principal: the policy is that of whom it is attached to')
  if (chosen === 'notPrincipal' && written.effect === 'allow') throw fault(at, 'expected it in a denial only')
  const found = Object.entries(written[chosen] ?? {}).flatMap(([group, values]) => {
    if (group.toLowerCase() === 'federated' && kind !== 'trust')
      throw fault([...at, group], 'expected it in a trust policy only')
    return readEach(values, [...at, group], syntax.expected.principal, (text) => syntax.principal(group, text))
  })
  if (found.length === 0) throw fault(at, 'expected at least one principal')
  return { negated: chosen === 'notPrincipal', names: found }
}

type Field = Exclude<keyof Syntax['names'], 'statements'>

/** Which of the two is there; null when neither is. */
function eitherOf<F extends Field>(
  written: WrittenStatement,
  { names }: Syntax,
  field: F,
  notField: F,
  path: Path,
): F | null {
  if (written[field] === undefined) return written[notField] === undefined ? null : notField
  if (written[notField] === undefined) return field
  throw fault([...path, names[notField]], `expected only one of ${names[field]} and ${names[notField]}`)
}

function readOperator(
  name: string,
  keys: Readonly<Record<string, Values>>,
  syntax: Syntax,
  kind: PolicyKind,
  path: Path,
): readonly Condition[] {
  const operator = syntax.operator(name)
  if (operator === null) throw fault(path, 'expected a condition operator of this syntax')
  return Object.entries(keys).map(([key, values]) => readCondition(operator, key, values, kind, [...path, key]))
}

function readCondition(operator: Operator, text: string, written: Values, kind: PolicyKind, path: Path): Condition {
  const key = conditionKey(text) ?? (kind === 'trust' ? tokenClaimKey(text) : null)
  if (key === null) throw fault(path, 'expected a condition key that exists')
  const values = readEach(written, path, 'a value that the operator can read', (value) =>
    comparisons[operator.comparison](value) === null ? null : value,
  )
  return { ...operator, key, values }
}

function readEach(
  values: Values,
  path: Path,
  expected: string,
  readOne: (text: string) => string | null,
): readonly string[] {
  return values.map((text, index) => {
    if (text.includes('${')) throw fault([...path, index], 'expected no policy variable: there are none')
    const value = readOne(text)
    if (value !== null) return value
    throw fault([...path, index], `expected ${expected}, received ${JSON.stringify(text.slice(0, 100))}`)
  })
}

const fault = (path: Path, message: string): PolicyError => new PolicyError(pathOf(path), message)
