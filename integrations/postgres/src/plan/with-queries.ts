import { child, children, optional, strings, type Tree, text } from '../sql/ast.ts'
import type { Context } from './context.ts'
import { type Flow, innerScope, type Scope } from './scope.ts'

/** Puts the queries of WITH into the scope, in order. */
export function defineQueries(context: Context, body: Tree, scope: Scope): void {
  const clause = child(body, 'withClause')
  for (const node of children(clause, 'ctes')) {
    const query = child(node, 'CommonTableExpr')
    const name = text(query, 'ctename')
    if (clause.recursive === true) scope.ctes.set(name, recursiveColumns(context, query, scope))
    scope.ctes.set(name, renamed(context.statement(child(query, 'ctequery'), scope), aliasNames(query)))
  }
}

const aliasNames = (query: Tree): string[] => strings(children(query, 'aliascolnames'))

/** Columns given new names in order; a longer list keeps its own names at the end. */
export const renamed = (flows: readonly Flow[] | null, names: readonly string[]): readonly Flow[] | null =>
  flows?.map((flow, i) => ({ ...flow, name: names[i] ?? flow.name })) ?? null

/**
 * The columns of a recursive query, as its own second part sees them: those of its first part, which
 * is looked at on a copy of the text and analysed for good with the whole.
 */
function recursiveColumns(context: Context, query: Tree, scope: Scope): readonly Flow[] | null {
  const body = child(child(query, 'ctequery'), 'SelectStmt')
  const first = optional(body, 'larg')
  if (first === undefined) return []
  const flows = context.on(context.source.text).select({ SelectStmt: first }, innerScope(scope), 'cell')
  return renamed(flows, aliasNames(query))
}
