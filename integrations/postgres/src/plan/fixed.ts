import { child, children, kindOf, number, optional, strings, type Tree, text } from '../sql/ast.ts'
import { parameterUnder } from './cast.ts'
import type { BoundTo } from './plan.ts'
import { lookUp, type Scope } from './scope.ts'

/** Notes which columns a condition fixes to one value: `column = $1` and its conjunctions with AND. */
export function fixColumns(node: Tree, scope: Scope): void {
  const { kind, body } = kindOf(node)
  if (kind === 'BoolExpr' && text(body, 'boolop') === 'AND_EXPR')
    for (const part of children(body, 'args')) fixColumns(part, scope)
  if (kind !== 'A_Expr' || text(body, 'kind') !== 'AEXPR_OP' || strings(children(body, 'name')).at(-1) !== '=') return
  fix(child(body, 'lexpr'), child(body, 'rexpr'), scope)
  fix(child(body, 'rexpr'), child(body, 'lexpr'), scope)
}

function fix(column: Tree, value: Tree, scope: Scope): void {
  const { kind, body } = kindOf(column)
  const bound = boundTo(value)
  if (kind !== 'ColumnRef' || bound === null) return
  const found = lookUp(strings(children(body, 'fields')), scope)
  if (found.kind === 'flow' && scope.ranges.includes(found.range)) found.range.fixed.set(found.flow.name, bound)
}

/** A parameter or a literal as the place that a binding comes from. */
export function boundTo(node: Tree): BoundTo | null {
  const parameter = parameterUnder(node)
  if (parameter !== null) return { parameter: number(parameter, 'number') }
  const { kind, body } = kindOf(node)
  if (kind !== 'A_Const' || body.isnull === true) return null
  const whole = optional(body, 'ival')
  if (whole !== undefined) return { literal: String(number(whole, 'ival')) }
  const string = optional(body, 'sval')
  return string === undefined ? null : { literal: text(string, 'sval') }
}
