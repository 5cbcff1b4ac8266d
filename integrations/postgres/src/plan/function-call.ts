import { child, children, kindOf, number, optional, strings, type Tree } from '../sql/ast.ts'
import type { Context, Value } from './context.ts'
import { requireIndex, toIndex } from './index-text.ts'
import { plainParts } from './plain-parts.ts'
import type { Scope } from './scope.ts'
import { wordSearch } from './token-search.ts'

const plain: Value = []

/** A function call: `count` of a column has a meaning on cells, other functions must not see one. */
export function functionCall(context: Context, body: Tree, scope: Scope): Value {
  const path = strings(children(body, 'funcname'))
  const window = optional(body, 'over')
  if (window !== undefined) windowDefinition(context, window, scope)
  const rest = { ...body, over: undefined, funcname: undefined }
  if (path.join('.') === 'hufu.words' && wordSearch(context, body, scope)) return plain
  if (isCount(path, body)) count(context, rest, scope)
  else arguments_(context, path.at(-1) ?? '', rest, scope)
  return plain
}

const isCount = (path: readonly string[], body: Tree): boolean =>
  path.at(-1) === 'count' && (path.length === 1 || path[0] === 'pg_catalog') && children(body, 'args').length === 1

function count(context: Context, body: Tree, scope: Scope): void {
  const [argument = {}] = children(body, 'args')
  const cells = context.expression(argument, scope)
  const [cell] = cells
  const at = number(body, 'location')
  if (cell !== undefined && body.agg_distinct === true) {
    requireIndex(context, cell, 'count(distinct …)', at)
    if (kindOf(argument).kind !== 'ColumnRef') context.refuse('Expression', cell.column, 'count(distinct …) of it', at)
    toIndex(context, argument)
  }
  plainParts(context, 'count', { ...body, args: undefined }, scope)
}

const AGGREGATES = ['min', 'max', 'sum', 'avg', 'array_agg', 'string_agg', 'json_agg', 'jsonb_agg', 'mode', 'any_value']

function arguments_(context: Context, name: string, body: Tree, scope: Scope): void {
  const at = number(body, 'location')
  for (const argument of children(body, 'args')) {
    const cells = context.expression(argument, scope)
    context.refuseCell(cells, AGGREGATES.includes(name) ? 'AggregateFunction' : 'Function', `${name}(…)`, at)
  }
  plainParts(context, name, { ...body, args: undefined }, scope)
}

/** PARTITION BY is equality; ORDER BY is not. */
export function windowDefinition(context: Context, window: Tree, scope: Scope): void {
  for (const node of children(window, 'partitionClause')) {
    const [cell] = context.expression(node, scope)
    if (cell === undefined) continue
    requireIndex(context, cell, 'PARTITION BY', number(window, 'location'))
    toIndex(context, node)
  }
  for (const node of children(window, 'orderClause'))
    context.refuseCell(
      context.expression(child(child(node, 'SortBy'), 'node'), scope),
      'OrderBy',
      'ORDER BY in a window',
      number(window, 'location'),
    )
  plainParts(context, 'window', { start: window.startOffset, end: window.endOffset }, scope)
}
