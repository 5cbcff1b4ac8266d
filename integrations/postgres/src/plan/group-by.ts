import { child, children, kindOf, number, optional, strings, type Tree, text } from '../sql/ast.ts'
import { columnReference } from './column-reference.ts'
import type { Context } from './context.ts'
import { indexText, requireIndex } from './index-text.ts'
import { type Cell, lookUp, type Scope } from './scope.ts'

/** Makes cells in GROUP BY their indexes. Tells which columns are then one value a group. */
export function groupBy(context: Context, body: Tree, targets: readonly Tree[], scope: Scope): (cell: Cell) => boolean {
  const keys = children(body, 'groupClause').flatMap((node) => groupKey(context, node, targets, scope))
  return (cell) => keys.some(({ column, range }) => column === cell.column && range === cell.range)
}

function groupKey(context: Context, node: Tree, targets: readonly Tree[], scope: Scope): readonly Cell[] {
  const { kind } = kindOf(node)
  if (kind === 'GroupingSet') return groupingSet(context, node, scope)
  const reference = targetOf(node, targets, scope) ?? node
  if (kindOf(reference).kind !== 'ColumnRef') {
    context.refuseCell(context.expression(reference, scope), 'GroupBy', 'GROUP BY an expression')
    return []
  }
  const cells = columnReference(context, reference, scope)
  const [cell] = cells
  if (cell !== undefined) rewriteKey(context, node, reference, cell)
  return cells
}

function rewriteKey(context: Context, node: Tree, reference: Tree, cell: Cell): void {
  const { body, kind } = kindOf(node)
  const start = number(body, 'location')
  requireIndex(context, cell, 'GROUP BY', start)
  const from = number(kindOf(reference).body, 'location')
  const end =
    kind === 'A_Const'
      ? (context.source.tokens[context.source.tokenAt(start)]?.end ?? start)
      : context.source.nameEnd(start)
  context.source.replace(start, end, indexText(context.source.slice(from, context.source.nameEnd(from))))
}

/** The select-list item that `GROUP BY 1` or `GROUP BY alias` means; an input column goes before an alias. */
function targetOf(node: Tree, targets: readonly Tree[], scope: Scope): Tree | undefined {
  const { kind, body } = kindOf(node)
  const place = optional(body, 'ival')
  if (kind === 'A_Const' && place !== undefined)
    return child(child(targets[number(place, 'ival') - 1], 'ResTarget'), 'val')
  const path = strings(children(body, 'fields'))
  if (kind !== 'ColumnRef' || path.length !== 1 || lookUp(path, scope).kind !== 'plain') return undefined
  const named = targets.find((target) => text(child(target, 'ResTarget'), 'name') === path[0])
  return named && child(child(named, 'ResTarget'), 'val')
}

function groupingSet(context: Context, node: Tree, scope: Scope): readonly Cell[] {
  for (const item of children(kindOf(node).body, 'content'))
    context.refuseCell(context.expression(item, scope), 'GroupBy', 'GROUPING SETS, ROLLUP or CUBE')
  return []
}
