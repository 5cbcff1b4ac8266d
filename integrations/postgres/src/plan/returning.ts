import { child, children, optional, type Tree, text } from '../sql/ast.ts'
import type { Context } from './context.ts'
import type { Flow, Range, Scope } from './scope.ts'
import { flowsOf, targetList } from './target-list.ts'

/** RETURNING, on the changed row and on `old` and `new` of PostgreSQL 18. */
export function returning(context: Context, body: Tree, target: Range, scope: Scope): readonly Flow[] {
  const clause = optional(body, 'returningClause')
  const nodes = clause === undefined ? children(body, 'returningList') : children(clause, 'exprs')
  const names = [...returningNames(clause), 'old', 'new']
  const own = names
    .filter((name) => !scope.ranges.some(({ alias }) => alias === name))
    .map((alias) => ({ ...target, alias }))
  const changed = { ...scope, ranges: [...scope.ranges] }
  const inner = {
    ranges: changed.ranges,
    merges: scope.merges,
    parent: { ranges: own, merges: [], parent: scope.parent, ctes: scope.ctes },
    ctes: scope.ctes,
  }
  const top = scope.parent === null ? { ...inner, parent: { ...inner.parent, parent: null } } : inner
  const flows = flowsOf(targetList(context, nodes, top, { purpose: 'cell', grouped: () => false }))
  return flows ?? []
}

const returningNames = (clause: Tree | undefined): string[] =>
  children(clause, 'options').map((option) => text(child(option, 'ReturningOption'), 'value'))
