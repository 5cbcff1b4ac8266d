import { comparisons } from './comparisons.ts'
import type { Condition } from './policy.ts'
import type { ConditionValues } from './request.ts'

export type ConditionTest = (context: ConditionValues) => boolean

/** The condition as a function of the request's values. docs/policies.md has the rule for missing and several values. */
export function compileCondition(condition: Condition): ConditionTest {
  const { comparison, negated, quantifier, ifExists, key, values } = condition
  const tests = values.map((value) => comparisons[comparison](value) ?? never)
  if (comparison === 'absent') return (context) => tests.some((test) => test(String(!isThere(context, key))))
  const every = quantifier === 'all' || (quantifier === null && negated)
  const holds = (actual: string): boolean => tests.some((test) => test(actual)) !== negated
  const whenMissing = ifExists || every
  return (context) => {
    const actual = context.get(key)
    if (actual === undefined || actual.length === 0) return whenMissing
    return every ? actual.every(holds) : actual.some(holds)
  }
}

const isThere = (context: ConditionValues, key: string): boolean => (context.get(key)?.length ?? 0) > 0

const never = (): boolean => false
