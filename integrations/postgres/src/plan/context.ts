import { HufuError } from '@hufu/wire'
import type { Catalogue, EncryptedColumn, Relation } from '../catalogue/catalogue.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import type { Refusal } from '../refusal/refusals.ts'
import { number, type Tree } from '../sql/ast.ts'
import { Source } from '../sql/source.ts'
import type { BoundTo, Role } from './plan.ts'
import type { Cell, Flow, Scope } from './scope.ts'

/** A use of a parameter, where it stands in the text. */
export interface Occurrence {
  readonly number: number
  readonly start: number
  /** Plain where the server gets the value as it is. */
  readonly use: { role: Role; column: EncryptedColumn; tenant: BoundTo | null; row: BoundTo | null } | null
}

/** What the select list is for: cells that are read, or indexes that are compared. */
export type Purpose = 'cell' | 'index'

/** What is left of an expression when it is evaluated: the cells it may be; none for a plain value. */
export type Value = readonly Cell[]

/** The parts of the analysis that call each other over and over. */
export interface Analysers {
  expression(context: Context, node: Tree, scope: Scope): Value
  /** The query's columns in order; null when only the server knows them. */
  select(context: Context, node: Tree, parent: Scope | null, purpose: Purpose): readonly Flow[] | null
  /** Any statement; its result columns as of a query. */
  statement(context: Context, node: Tree, parent: Scope | null): readonly Flow[] | null
}

/** The work on one text: what was found and what is to be edited. */
export class Context {
  readonly source: Source
  readonly catalogue: Catalogue
  readonly occurrences: Occurrence[] = []
  concerned = false
  readonly guarded = new Set<string>()

  readonly #analysers: Analysers

  constructor(source: Source, catalogue: Catalogue, analysers: Analysers) {
    this.source = source
    this.catalogue = catalogue
    this.#analysers = analysers
  }

  expression(node: Tree, scope: Scope): Value {
    return this.#analysers.expression(this, node, scope)
  }

  select(node: Tree, parent: Scope | null, purpose: Purpose): readonly Flow[] | null {
    return this.#analysers.select(this, node, parent, purpose)
  }

  statement(node: Tree, parent: Scope | null): readonly Flow[] | null {
    return this.#analysers.statement(this, node, parent)
  }

  /** The work on another text of the same database. */
  on(text: string): Context {
    return new Context(new Source(text), this.catalogue, this.#analysers)
  }

  refuse(refusal: Refusal, column: EncryptedColumn | string, construct: string, at?: number): never {
    const place = typeof column === 'string' ? { table: column } : { table: column.table, column: column.column }
    const position = at === undefined ? undefined : this.source.position(at)
    throw new QueryRefused({ refusal, ...place, construct, position })
  }

  refuseCell([cell]: readonly Cell[], refusal: Refusal, construct: string, at?: number): void {
    if (cell !== undefined) this.refuse(refusal, cell.column, construct, at)
  }

  /** A declared column is still plaintext and nothing moves it: that is never served silently. */
  notApplied({ schema, name }: Relation): never {
    throw new HufuError(
      'InvalidState',
      `${schema}.${name} has declared columns that are not encrypted yet; run: hufu pg apply`,
    )
  }

  plainParameter(body: Tree): void {
    this.occurrences.push({ number: number(body, 'number'), start: number(body, 'location'), use: null })
  }
}
