import type { EncryptedColumn } from '../catalogue/catalogue.ts'

/** Where a value that a cell is bound to comes from: a parameter, or a literal of the statement. */
export type BoundTo = { readonly parameter: number } | { readonly literal: string }

/** What a parameter becomes before it is sent. */
export type Role =
  /** The value, sealed into a cell. */
  | 'cell'
  /** The value's index, for equality. */
  | 'index'
  /** An array of values, each its index. */
  | 'indexes'
  /** A LIKE pattern, the token of its prefix. */
  | 'prefix'
  /** A text, the tokens of its words. */
  | 'words'

export interface ParameterUse {
  /** The application's parameter, from 1. */
  readonly from: number
  /** The server's parameter, from 1. */
  readonly to: number
  readonly role: Role
  readonly column: EncryptedColumn
  readonly tenant: BoundTo | null
  readonly row: BoundTo | null
}

/** One result column: the encrypted columns that it may come from; empty for a plain one. */
export type Output = readonly EncryptedColumn[]

/** One statement of the text. */
export interface StatementPlan {
  /** Its result columns in order; null when only the server knows them. */
  readonly outputs: readonly Output[] | null
  /** True for a SELECT that writes nothing in WITH: it may be sent twice. */
  readonly reads: boolean
  /** What it sets `hufu.principal` to; undefined when it does not. */
  readonly principal?: { readonly name: string | null; readonly local: boolean }
}

/** What becomes of one SQL text. */
export interface Plan {
  /** The text that is sent. */
  readonly text: string
  readonly statements: readonly StatementPlan[]
  readonly uses: readonly ParameterUse[]
  /** Parameters of the application's text. */
  readonly parameters: number
  /** False when the text has nothing to do with encrypted columns. */
  readonly concerned: boolean
  /** Tables touched of which a column is being moved, as SQL writes them: the statement is sent with a guard. */
  readonly guarded: readonly string[]
}
