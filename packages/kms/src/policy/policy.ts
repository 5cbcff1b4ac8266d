import type { ComparisonName } from './comparisons.ts'

export type Effect = 'allow' | 'deny'

/** The one form that every syntax is read into. */
export interface Policy {
  readonly statements: readonly Statement[]
}

export interface Statement {
  readonly sid: string | null
  readonly effect: Effect
  /** `service:Action`, `*` for any; letter case does not count. */
  readonly actions: Patterns
  /** ARNs, `*` for any. */
  readonly resources: Patterns
  /** Null in an identity or session policy, whose principal is whoever it is attached to. */
  readonly principals: Principals | null
  /** All of them must hold. */
  readonly conditions: readonly Condition[]
}

/** Texts with the wildcards `*` (any characters) and `?` (any one). */
export interface Patterns {
  readonly patterns: readonly string[]
  /** Matches what none of the patterns match. */
  readonly negated: boolean
}

export interface Principals {
  /** `*`, an ARN, a service's name; an account as its 12 digits. */
  readonly names: readonly string[]
  readonly negated: boolean
}

export interface Operator {
  readonly comparison: ComparisonName
  readonly negated: boolean
  /** How a request's several values count: all must hold, or any. Null: one of them, or for a negation none. */
  readonly quantifier: 'all' | 'any' | null
  /** Holds where the request has no such key. */
  readonly ifExists: boolean
}

export interface Condition extends Operator {
  /** As condition-keys.ts writes it. */
  readonly key: string
  /** Any one of them. */
  readonly values: readonly string[]
}
