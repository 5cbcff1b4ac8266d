import { children, kindOf, number, strings, type Tree } from '../sql/ast.ts'
import type { Context, Value } from './context.ts'
import { nameText } from './index-text.ts'
import { hasCells, lookUp, type Scope } from './scope.ts'

const plain: Value = []

/** The cells that a column reference may be; refuses a whole row with cells. */
export function columnReference(context: Context, node: Tree, scope: Scope): Value {
  const { body } = kindOf(node)
  const fields = children(body, 'fields')
  const at = number(body, 'location')
  if (fields.some((field) => 'A_Star' in field)) return starReference(context, strings(fields), scope, at)
  const found = lookUp(strings(fields), scope)
  if (found.kind === 'ambiguous') context.refuseCell(found.flow.cells, 'AmbiguousName', nameText(node), at)
  if (found.kind === 'row')
    wholeRow(context, found.range.flows?.flatMap(({ cells }) => cells) ?? [], nameText(node), at)
  return found.kind === 'flow' ? found.flow.cells : plain
}

const wholeRow = (context: Context, cells: Value, name: string, at: number): void =>
  context.refuseCell(cells, 'WholeRow', `${name} as one value`, at)

/** `t.*` outside of a select list: the whole row. */
function starReference(context: Context, path: readonly string[], scope: Scope, at: number): Value {
  const alias = path.findLast((name) => name !== '')
  for (let one: Scope | null = scope; one !== null; one = one.parent)
    for (const range of one.ranges)
      if ((alias === undefined || range.alias === alias) && hasCells(range))
        wholeRow(context, range.flows?.flatMap(({ cells }) => cells) ?? [], `${range.alias}.*`, at)
  return plain
}
