import type { EncryptedColumn, Relation } from '../catalogue/catalogue.ts'
import type { BoundTo } from './plan.ts'

/** A value that is a cell: of which column, and of which row source, when it is known. */
export interface Cell {
  readonly column: EncryptedColumn
  readonly range: Range | null
}

/** What flows out of a select list: a name and, for an encrypted value, the columns it may come from. */
export interface Flow {
  readonly name: string
  readonly cells: readonly Cell[]
}

/** One row source in FROM. */
export interface Range {
  readonly alias: string
  readonly relation: Relation | null
  /** Its columns in order; null when only the server knows them. */
  readonly flows: readonly Flow[] | null
  /** Columns that the statement fixes to one value: tenant and row of the cells. */
  readonly fixed: Map<string, BoundTo>
}

/** Columns that USING or NATURAL makes one of two: `*` has them once, and first. */
export interface Merge {
  readonly names: readonly string[]
  readonly left: readonly Range[]
  readonly right: readonly Range[]
}

export interface Scope {
  readonly ranges: Range[]
  /** The joins below that merge columns, inner ones first. */
  readonly merges: Merge[]
  readonly parent: Scope | null
  /** Queries of WITH by name; null for one whose columns only the server knows. */
  readonly ctes: Map<string, readonly Flow[] | null>
}

export const innerScope = (parent: Scope | null): Scope => ({
  ranges: [],
  merges: [],
  parent,
  ctes: new Map(parent?.ctes ?? []),
})

export const hasCells = (range: Range): boolean => range.flows?.some(({ cells }) => cells.length > 0) ?? false

/** Where a column reference leads: a flow of a range, the row as a whole, or somewhere plain. */
export type Reference =
  | { readonly kind: 'flow'; readonly range: Range; readonly flow: Flow }
  | { readonly kind: 'row'; readonly range: Range }
  | { readonly kind: 'ambiguous'; readonly flow: Flow }
  | { readonly kind: 'plain' }

const plain: Reference = { kind: 'plain' }

/** Looks a name up as PostgreSQL does: the nearest scope that has it. */
export function lookUp(path: readonly string[], scope: Scope): Reference {
  const name = path.at(-1) ?? ''
  return path.length === 1 ? unqualified(name, scope) : qualified(path.slice(0, -1), name, scope)
}

function unqualified(name: string, scope: Scope): Reference {
  let uncertain = false
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.ranges.flatMap((range) => flowsNamed(range, name).map((flow) => ({ range, flow })))
    const [first] = found
    if (first !== undefined) {
      const secret = found.find(({ flow }) => flow.cells.length > 0)
      if (secret === undefined) return { kind: 'flow', ...first }
      return uncertain || found.length > 1 ? { kind: 'ambiguous', flow: secret.flow } : { kind: 'flow', ...secret }
    }
    const whole = at.ranges.find(({ alias }) => alias === name)
    if (whole !== undefined) return { kind: 'row', range: whole }
    uncertain ||= at.ranges.some(({ flows }) => flows === null)
  }
  return plain
}

function qualified(path: readonly string[], name: string, scope: Scope): Reference {
  const [alias = '', schema = ''] = path.toReversed()
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const range = at.ranges.find((one) => one.alias === alias && (schema === '' || one.relation?.schema === schema))
    if (range === undefined) continue
    const [flow] = flowsNamed(range, name)
    return flow === undefined ? plain : { kind: 'flow', range, flow }
  }
  return plain
}

const flowsNamed = (range: Range, name: string): readonly Flow[] =>
  range.flows?.filter((flow) => flow.name === name) ?? []
