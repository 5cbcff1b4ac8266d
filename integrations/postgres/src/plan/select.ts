import { child, children, kindOf, number, optional, type Tree, text } from '../sql/ast.ts'
import type { Context, Purpose } from './context.ts'
import { distinct } from './distinct.ts'
import { fixColumns } from './fixed.ts'
import { fromItems } from './from.ts'
import { windowDefinition } from './function-call.ts'
import { groupBy } from './group-by.ts'
import { orderBy } from './order-by.ts'
import { plainParts } from './plain-parts.ts'
import { type Flow, innerScope, type Scope } from './scope.ts'
import { setOperation } from './set-operation.ts'
import { flowsOf, targetList } from './target-list.ts'
import { defineQueries } from './with-queries.ts'

/** Analyses a query, and edits it where it must change. Its columns in order; null when only the server knows them. */
export function select(context: Context, node: Tree, parent: Scope | null, purpose: Purpose): readonly Flow[] | null {
  const { kind, body } = kindOf(node)
  if (kind !== 'SelectStmt') return context.statement(node, parent)
  const scope = innerScope(parent)
  defineQueries(context, body, scope)
  if (text(body, 'op') !== 'SETOP_NONE' && text(body, 'op') !== '') return setOperation(context, body, scope, purpose)
  if (body.valuesLists !== undefined) return valueLists(context, body, scope)
  fromItems(context, children(body, 'fromClause'), scope)
  const where = optional(body, 'whereClause')
  if (where !== undefined) {
    fixColumns(where, scope)
    context.expression(where, scope)
  }
  return selected(context, body, scope, purpose)
}

function selected(context: Context, body: Tree, scope: Scope, purpose: Purpose): readonly Flow[] | null {
  const nodes = children(body, 'targetList')
  const grouped = groupBy(context, body, nodes, scope)
  const having = optional(body, 'havingClause')
  if (having !== undefined) context.refuseCell(context.expression(having, scope), 'Expression', 'HAVING')
  for (const window of children(body, 'windowClause')) windowDefinition(context, child(window, 'WindowDef'), scope)
  const targets = targetList(context, nodes, scope, { purpose, grouped })
  distinct(context, body, nodes, targets, scope, purpose)
  orderBy(context, children(body, 'sortClause'), targets, scope)
  plainParts(context, 'limit', { count: body.limitCount, offset: body.limitOffset }, scope)
  if (optional(body, 'intoClause') !== undefined)
    context.refuseCell(
      flowsOf(targets)?.flatMap(({ cells }) => cells) ?? [],
      'CreateFrom',
      'SELECT INTO',
      number(nodes[0], 'location'),
    )
  return flowsOf(targets)
}

/** VALUES outside of INSERT: every item is plain. */
function valueLists(context: Context, body: Tree, scope: Scope): readonly Flow[] {
  const rows = children(body, 'valuesLists').map((row) => children(child(row, 'List'), 'items'))
  for (const item of rows.flat()) context.refuseCell(context.expression(item, scope), 'Expression', 'VALUES')
  orderBy(context, children(body, 'sortClause'), null, scope)
  plainParts(context, 'limit', { count: body.limitCount, offset: body.limitOffset }, scope)
  return (rows[0] ?? []).map((_, i) => ({ name: `column${i + 1}`, cells: [] }))
}
