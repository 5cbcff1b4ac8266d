import type { Operator } from './policy.ts'

/** A statement's fields, and the element that holds statements, by their names in one syntax. */
export interface FieldNames {
  readonly statements: string
  readonly action: string
  readonly notAction: string
  readonly resource: string
  readonly notResource: string
  readonly principal: string
  readonly notPrincipal: string
  readonly condition: string
}

/** What differs between the syntaxes beyond their fields. Each reader gives the normal form's text, or null. */
export interface Syntax {
  readonly names: FieldNames
  readonly action: (text: string) => string | null
  readonly resource: (text: string) => string | null
  /** `kind` is the name that the principals are listed under: `AWS`, `Service`, `qcs`. */
  readonly principal: (kind: string, text: string) => string | null
  readonly operator: (name: string) => Operator | null
  /** One line each: what was expected, for the errors. */
  readonly expected: { readonly action: string; readonly resource: string; readonly principal: string }
}

export type Values = readonly string[]

/** One statement as it stands in a document of either syntax, its lists made lists. */
export interface WrittenStatement {
  readonly sid: string | null
  readonly effect: 'allow' | 'deny'
  readonly action?: Values | undefined
  readonly notAction?: Values | undefined
  readonly resource?: Values | undefined
  readonly notResource?: Values | undefined
  readonly principal?: Readonly<Record<string, Values>> | undefined
  readonly notPrincipal?: Readonly<Record<string, Values>> | undefined
  readonly condition?: Readonly<Record<string, Readonly<Record<string, Values>>>> | undefined
}

export interface WrittenPolicy {
  readonly syntax: Syntax
  readonly statements: readonly WrittenStatement[]
}

const ACTION = /^([a-z0-9-]+):([a-z0-9*?]+)$/i

/** `*`, or a service and one of its actions, which may have wildcards. */
export const serviceAction = (text: string): string | null => (text === '*' || ACTION.test(text) ? text : null)
