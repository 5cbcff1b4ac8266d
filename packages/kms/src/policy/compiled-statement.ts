import { type ConditionTest, compileCondition } from './conditions.ts'
import type { Effect, Patterns, Principals, Statement } from './policy.ts'
import type { PolicyRequest, Principal } from './request.ts'
import { type Matcher, wildcard } from './wildcard.ts'

/** How a statement means a principal: by its session, by its own name or as anyone, by its account; or not at all. */
export type Standing = 'session' | 'named' | 'account' | 'none'

/** One statement, ready to be asked. */
export class CompiledStatement {
  readonly sid: string | null
  readonly index: number
  readonly effect: Effect
  readonly #action: Matcher
  readonly #resource: Matcher
  readonly #principals: Principals | null
  readonly #conditions: readonly ConditionTest[]

  constructor(statement: Statement, index: number) {
    this.sid = statement.sid
    this.index = index
    this.effect = statement.effect
    this.#action = anyOf({
      ...statement.actions,
      patterns: statement.actions.patterns.map((text) => text.toLowerCase()),
    })
    this.#resource = anyOf(statement.resources)
    this.#principals = statement.principals
    this.#conditions = statement.conditions.map(compileCondition)
  }

  /** The action in lower case. */
  hasAction(action: string): boolean {
    return this.#action(action)
  }

  /** Everything but the action. `none` when the statement does not apply. */
  standing({ principal, resource, context }: PolicyRequest): Standing {
    const standing = this.#principals === null ? 'named' : standingOf(principal, this.#principals)
    if (standing === 'none' || !this.#resource(resource)) return 'none'
    for (const holds of this.#conditions) if (!holds(context)) return 'none'
    return standing
  }
}

function anyOf({ patterns, negated }: Patterns): Matcher {
  const exact = new Set(patterns.filter((pattern) => !/[*?]/.test(pattern)))
  const [other, ...others] = patterns.filter((pattern) => !exact.has(pattern)).map(wildcard)
  if (other === undefined) return (text) => exact.has(text) !== negated
  if (exact.size === 0 && others.length === 0 && !negated) return other
  return (text) => (exact.has(text) || other(text) || others.some((matches) => matches(text))) !== negated
}

function standingOf({ arn, roleArn, uinArn, account }: Principal, { names, negated }: Principals): Standing {
  const other = roleArn ?? uinArn
  const standing = names.includes('*') || (other !== undefined && names.includes(other)) ? 'named' : 'none'
  const own = names.includes(arn) ? (roleArn === undefined ? 'named' : 'session') : standing
  const found = own === 'none' && names.includes(account) ? 'account' : own
  if (!negated) return found
  return found === 'none' ? 'named' : 'none'
}
