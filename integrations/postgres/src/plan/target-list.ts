import { child, children, kindOf, number, strings, type Tree, text } from '../sql/ast.ts'
import { columnReference } from './column-reference.ts'
import type { Context, Purpose } from './context.ts'
import { boundText, indexText, quoteName, requireIndex } from './index-text.ts'
import { everyColumn } from './merged.ts'
import type { Cell, Flow, Range, Scope } from './scope.ts'

/** One result column of a select list. */
export interface Target extends Flow {
  /** Its expression; undefined for a column that `*` stands for. */
  readonly node?: Tree
}

export interface TargetUse {
  readonly purpose: Purpose
  /** Columns that GROUP BY has made one value a group, by the text of their reference. */
  readonly grouped: (cell: Cell) => boolean
}

/** Analyses a select list. Null when `*` stands for columns that only the server knows. */
export function targetList(
  context: Context,
  nodes: readonly Tree[],
  scope: Scope,
  use: TargetUse,
): readonly Target[] | null {
  const targets = nodes.map((node) => target(context, child(node, 'ResTarget'), scope, use))
  return targets.includes(null) ? null : targets.flatMap((one) => one ?? [])
}

function target(context: Context, body: Tree, scope: Scope, use: TargetUse): readonly Target[] | null {
  const node = child(body, 'val')
  const { kind, body: value } = kindOf(node)
  const fields = children(value, 'fields')
  if (kind === 'ColumnRef' && fields.some((field) => 'A_Star' in field))
    return star(context, strings(fields), scope, use, value)
  const cells = kind === 'ColumnRef' ? columnReference(context, node, scope) : context.expression(node, scope)
  const name = text(body, 'name') || (kind === 'ColumnRef' ? (strings(fields).at(-1) ?? '') : '')
  const [cell] = cells
  if (cell !== undefined && kind === 'ColumnRef') rewriteTarget(context, body, cell, use)
  return [{ name, cells, node }]
}

/** A column in the select list, as its index, with its binding, or as one cell of its group. */
function rewriteTarget(context: Context, body: Tree, cell: Cell, { purpose, grouped }: TargetUse): void {
  const value = child(child(body, 'val'), 'ColumnRef')
  const start = number(value, 'location')
  const end = context.source.nameEnd(start)
  const reference = context.source.slice(start, end)
  if (purpose === 'index') requireIndex(context, cell, 'a sub-select that is compared', start)
  const bound = cell.range === null ? reference : boundText(reference, cell)
  const single = grouped(cell) ? `(array_agg(${bound}))[1]` : bound
  const changed = purpose === 'index' ? indexText(reference) : single
  const name = strings(children(value, 'fields')).at(-1) ?? ''
  if (changed === reference) return
  context.source.replace(start, end, text(body, 'name') === '' ? `${changed} AS ${quoteName(name)}` : changed)
}

function star(
  context: Context,
  path: readonly string[],
  scope: Scope,
  use: TargetUse,
  value: Tree,
): readonly Target[] | null {
  const alias = path.findLast((name) => name !== '')
  const ranges = alias === undefined ? scope.ranges : nearest(alias, scope)
  const at = number(value, 'location')
  for (const { flows } of ranges)
    for (const {
      cells: [cell],
    } of flows ?? [])
      if (cell !== undefined) refuseStar(context, cell, scope, use, at)
  if (ranges.some(({ flows }) => flows === null)) return null
  return alias === undefined ? everyColumn(scope) : ranges.flatMap(({ flows }) => flows ?? [])
}

function refuseStar(context: Context, cell: Cell, scope: Scope, { purpose, grouped }: TargetUse, at: number): void {
  const inner = scope.parent !== null && (cell.column.tenant !== null || cell.column.row !== null)
  if (inner || purpose === 'index' || grouped(cell))
    context.refuse('Star', cell.column, '* in a sub-select or a group', at)
}

function nearest(alias: string, scope: Scope): readonly Range[] {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.ranges.filter((range) => range.alias === alias)
    if (found.length > 0) return found
  }
  return []
}

/** What the select list gives to whoever selects from it: there a cell has no row source any more. */
export const flowsOf = (targets: readonly Target[] | null): readonly Flow[] | null =>
  targets?.map(({ name, cells }) => ({ name, cells: cells.map(({ column }) => ({ column, range: null })) })) ?? null
