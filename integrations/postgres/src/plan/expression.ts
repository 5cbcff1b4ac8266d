import { child, children, kindOf, number, optional, type Tree, text } from '../sql/ast.ts'
import { columnReference } from './column-reference.ts'
import { comparison } from './comparison.ts'
import type { Context } from './context.ts'
import { functionCall } from './function-call.ts'
import { plainParts } from './plain-parts.ts'
import type { Cell, Scope } from './scope.ts'

/** What is left of an expression when it is evaluated: the cells it may be; none for a plain value. */
export type Value = readonly Cell[]

const plain: Value = []

/** Evaluates an expression by its kind. Whatever has no rule of its own must be free of cells. */
export function expression(context: Context, node: Tree, scope: Scope): Value {
  const { kind, body } = kindOf(node)
  switch (kind) {
    case 'ColumnRef':
      return columnReference(context, node, scope)
    case 'ParamRef':
      context.plainParameter(body)
      return plain
    case 'A_Expr':
      return comparison(context, body, scope)
    case 'FuncCall':
      return functionCall(context, body, scope)
    case 'SubLink':
      return subLink(context, body, scope)
    case 'NullTest':
      context.expression(child(body, 'arg'), scope)
      return plain
    case 'SelectStmt': {
      const flows = context.select(node, scope, 'cell')
      return flows?.flatMap(({ cells }) => cells) ?? plain
    }
    default:
      plainParts(context, kind, body, scope)
      return plain
  }
}

function subLink(context: Context, body: Tree, scope: Scope): Value {
  const at = number(body, 'location')
  const subselect = child(body, 'subselect')
  switch (text(body, 'subLinkType')) {
    case 'EXISTS_SUBLINK':
      context.select(subselect, scope, 'cell')
      return plain
    case 'EXPR_SUBLINK':
      return context.select(subselect, scope, 'cell')?.[0]?.cells ?? plain
    case 'ANY_SUBLINK':
      return comparison(context, anyComparison(body), scope)
    default: {
      const test = optional(body, 'testexpr')
      if (test !== undefined) context.refuseCell(context.expression(test, scope), 'Expression', 'a sub-select', at)
      const flows = context.select(subselect, scope, 'cell') ?? []
      context.refuseCell(
        flows.flatMap(({ cells }) => cells),
        'AggregateFunction',
        'an array of a sub-select',
        at,
      )
      return plain
    }
  }
}

/** `x IN (SELECT …)` and `x = ANY (SELECT …)` as a comparison with the sub-select. */
function anyComparison(body: Tree): Tree {
  const operator = children(body, 'operName')
  return {
    kind: 'AEXPR_OP',
    name: operator.length > 0 ? operator : [{ String: { sval: '=' } }],
    lexpr: child(body, 'testexpr'),
    rexpr: { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: child(body, 'subselect'), location: body.location } },
    location: body.location,
  }
}
