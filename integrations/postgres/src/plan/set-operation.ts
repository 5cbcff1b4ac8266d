import { child, children, type Tree, text } from '../sql/ast.ts'
import type { Context, Purpose } from './context.ts'
import { orderBy } from './order-by.ts'
import { plainParts } from './plain-parts.ts'
import type { Flow, Scope } from './scope.ts'

/** UNION ALL keeps cells as they are; every other set operation compares them, which cells cannot. */
export function setOperation(context: Context, body: Tree, scope: Scope, purpose: Purpose): readonly Flow[] | null {
  const left = context.select({ SelectStmt: child(body, 'larg') }, scope, purpose)
  const right = context.select({ SelectStmt: child(body, 'rarg') }, scope, purpose)
  const name = text(body, 'op').replace('SETOP_', '')
  const cells = [...(left ?? []), ...(right ?? [])].flatMap((flow) => flow.cells)
  if (body.all !== true || name !== 'UNION') context.refuseCell(cells, 'SetOperation', name)
  if (left === null || right === null) {
    context.refuseCell(cells, 'SetOperation', 'UNION ALL with columns that only the server knows')
    return null
  }
  const flows = left.map((flow, i) => united(context, flow, right[i]))
  orderBy(context, children(body, 'sortClause'), flows, scope)
  plainParts(context, 'limit', { count: body.limitCount, offset: body.limitOffset }, scope)
  return flows
}

function united(context: Context, left: Flow, right: Flow | undefined): Flow {
  const cells = [...left.cells, ...(right?.cells ?? [])]
  const [first] = cells
  if (first === undefined) return left
  const mixed = left.cells.length === 0 || right === undefined || right.cells.length === 0
  const types = new Set(cells.map(({ column }) => column.type))
  if (mixed || types.size > 1) context.refuse('SetOperation', first.column, 'UNION ALL with a column of another kind')
  return { name: left.name, cells }
}
