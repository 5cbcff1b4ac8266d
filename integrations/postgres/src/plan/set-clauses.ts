import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import { child, children, kindOf, number, strings, type Tree, text } from '../sql/ast.ts'
import { parameterUnder, stripCast } from './cast.ts'
import { columnReference } from './column-reference.ts'
import type { Context } from './context.ts'
import { boundTo } from './fixed.ts'
import type { BoundTo } from './plan.ts'
import type { Range, Scope } from './scope.ts'

/** What an assignment gives the columns that cells are bound to: a new value, or the row's own. */
export type Bindings = (column: string) => BoundTo | null

/** SET of an UPDATE or of ON CONFLICT DO UPDATE. */
export function setClauses(context: Context, nodes: readonly Tree[], target: Range, scope: Scope): void {
  const clauses = nodes.map((node) => child(node, 'ResTarget'))
  const assigned = new Map(clauses.map((clause) => [text(clause, 'name'), assignedValue(clause)]))
  keepBindings(context, assigned, target)
  const bindings: Bindings = (column) => {
    const value = assigned.get(column)
    return value === undefined ? (target.fixed.get(column) ?? null) : boundTo(value)
  }
  for (const clause of clauses) assign(context, clause, target, scope, bindings)
}

/** The expression of one assignment; `(a, b) = (x, y)` is taken apart. */
function assignedValue(clause: Tree): Tree {
  const { kind, body } = kindOf(child(clause, 'val'))
  if (kind !== 'MultiAssignRef') return child(clause, 'val')
  const source = kindOf(child(body, 'source'))
  return source.kind === 'RowExpr'
    ? (children(source.body, 'args')[number(body, 'colno') - 1] ?? {})
    : child(body, 'source')
}

/** A cell stays where its tenant and row stay: who moves them must write the cell anew. */
function keepBindings(context: Context, assigned: ReadonlyMap<string, Tree>, target: Range): void {
  for (const {
    cells: [cell],
  } of target.flows ?? []) {
    if (cell === undefined || assigned.has(cell.column.column)) continue
    const { tenant, row } = cell.column
    if (tenant !== null && assigned.has(tenant))
      context.refuse('TenantNeeded', cell.column, `SET ${tenant} without the cell`)
    if (row !== null && assigned.has(row)) context.refuse('RowNeeded', cell.column, `SET ${row} without the cell`)
  }
}

function assign(context: Context, clause: Tree, target: Range, scope: Scope, bindings: Bindings): void {
  const node = assignedValue(clause)
  const flow = target.flows?.find(({ name }) => name === text(clause, 'name'))
  const column = flow?.cells[0]?.column
  if (column !== undefined && children(clause, 'indirection').length > 0)
    context.refuse('Statement', column, 'an assignment to a part of it', number(clause, 'location'))
  if (column !== undefined) {
    assignCell(context, column, node, scope, bindings, target)
    return
  }
  const cells = context.expression(node, scope)
  context.refuseCell(cells, 'CopyCell', `SET ${text(clause, 'name')}`, number(clause, 'location'))
}

/** A value for an encrypted column: a parameter, NULL, DEFAULT, or the row's own cell. */
export function assignCell(
  context: Context,
  column: EncryptedColumn,
  node: Tree,
  scope: Scope,
  bindings: Bindings,
  target: Range | null,
): void {
  const { kind, body } = kindOf(node)
  const at = number(body, 'location')
  if (parameterUnder(node) !== null) {
    sealParameter(context, column, node, bindings)
    return
  }
  if (kind === 'SetToDefault' || (kind === 'A_Const' && body.isnull === true)) return
  if (kind === 'A_Const') context.refuse('Literal', column, 'a literal', at)
  if (kind === 'TypeCast' && kindOf(child(body, 'arg')).kind === 'A_Const')
    context.refuse('Literal', column, 'a literal', at)
  if (kind === 'ColumnRef' && target !== null) {
    keepCell(context, column, node, scope, target)
    return
  }
  const cells = context.expression(node, scope)
  context.refuse(cells.length > 0 ? 'CopyCell' : 'Expression', column, 'an expression written to it', at)
}

function sealParameter(context: Context, column: EncryptedColumn, node: Tree, bindings: Bindings): void {
  const body = stripCast(context, column, node, false)
  const tenant = column.tenant === null ? null : bindings(column.tenant)
  const row = column.row === null ? null : bindings(column.row)
  const at = number(body, 'location')
  if (column.tenant !== null && tenant === null) context.refuse('TenantNeeded', column, 'a value written', at)
  if (column.row !== null && row === null) context.refuse('RowNeeded', column, 'a value written', at)
  context.occurrences.push({ number: number(body, 'number'), start: at, use: { role: 'cell', column, tenant, row } })
}

/** `SET email = excluded.email` and `SET email = users.email`: the same column of the same row. */
function keepCell(context: Context, column: EncryptedColumn, node: Tree, scope: Scope, target: Range): void {
  const at = number(kindOf(node).body, 'location')
  const [cell] = columnReference(context, node, scope)
  const path = strings(children(kindOf(node).body, 'fields'))
  const alias = path.length > 1 ? path.at(-2) : target.alias
  const own = cell?.column === column && (alias === target.alias || alias === 'excluded')
  if (!own) context.refuse(cell === undefined ? 'Expression' : 'CopyCell', column, 'another column written to it', at)
  if (alias === 'excluded' && (column.tenant !== null || column.row !== null))
    context.refuse(column.tenant !== null ? 'TenantNeeded' : 'RowNeeded', column, 'excluded of a bound column', at)
}
