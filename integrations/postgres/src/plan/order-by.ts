import { child, children, kindOf, number, optional, strings, type Tree } from '../sql/ast.ts'
import type { Context } from './context.ts'
import type { Flow, Scope } from './scope.ts'

/** ORDER BY must not see a cell: neither by name, nor by the result column's name or place. */
export function orderBy(context: Context, nodes: readonly Tree[], targets: readonly Flow[] | null, scope: Scope): void {
  for (const node of nodes) {
    const sort = child(child(node, 'SortBy'), 'node')
    const target = resultColumn(sort, targets)
    const cells = target === undefined ? context.expression(sort, scope) : target.cells
    context.refuseCell(cells, 'OrderBy', 'ORDER BY', number(kindOf(sort).body, 'location'))
  }
}

/** A result column's name goes before an input column's, other than in GROUP BY. */
function resultColumn(sort: Tree, targets: readonly Flow[] | null): Flow | undefined {
  const { kind, body } = kindOf(sort)
  const place = optional(body, 'ival')
  if (kind === 'A_Const' && place !== undefined) return targets?.[number(place, 'ival') - 1]
  const path = strings(children(body, 'fields'))
  return kind === 'ColumnRef' && path.length === 1 ? targets?.find(({ name }) => name === path[0]) : undefined
}
