import { child, children, optional, type Tree } from '../sql/ast.ts'
import type { Context } from './context.ts'
import { fixColumns } from './fixed.ts'
import { fromItems, namedRange } from './from.ts'
import { returning } from './returning.ts'
import { type Flow, innerScope, type Scope } from './scope.ts'
import { setClauses } from './set-clauses.ts'
import { defineQueries } from './with-queries.ts'

/** UPDATE and DELETE: a condition, new values, RETURNING. */
export function updateOrDelete(context: Context, kind: string, body: Tree, parent: Scope | null): readonly Flow[] {
  const scope = innerScope(parent)
  defineQueries(context, body, scope)
  const target = namedRange(context, child(body, 'relation'), null)
  scope.ranges.push(target)
  fromItems(context, children(body, kind === 'UpdateStmt' ? 'fromClause' : 'usingClause'), scope)
  const where = optional(body, 'whereClause')
  if (where !== undefined) {
    fixColumns(where, scope)
    context.expression(where, scope)
  }
  if (kind === 'UpdateStmt') setClauses(context, children(body, 'targetList'), target, scope)
  return returning(context, body, target, scope)
}
