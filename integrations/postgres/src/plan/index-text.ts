import { INDEX_SIZE, INDEX_START } from '../cell/layout.ts'
import { child, children, kindOf, number, strings, type Tree } from '../sql/ast.ts'
import type { Context } from './context.ts'
import type { BoundTo } from './plan.ts'
import type { Cell } from './scope.ts'

/** The SQL expression of a cell's index: equal exactly where the values are. The indexes are made on it. */
export const indexText = (cell: string): string => `substr(${cell}, ${INDEX_START + 1}, ${INDEX_SIZE})`

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The cell with the tenant and the row that it was read from, so that its binding can be proven. */
export function boundText(cell: string, { column, range }: Cell): string {
  if (column.tenant === null && column.row === null) return cell
  const part = (name: string | null) =>
    name === null ? 'null' : `${quoteName(range?.alias ?? '')}.${quoteName(name)}::text`
  return `hufu.bound(${cell}, ${part(column.tenant)}, ${part(column.row)})`
}

/** Whether equality by the index means equality of the values here; refuses where it does not. */
export function requireIndex(context: Context, cell: Cell, construct: string, at?: number): BoundTo | null {
  if (!cell.column.search.includes('equality')) context.refuse('NotSearchable', cell.column, construct, at)
  return requireTenant(context, cell, construct, at)
}

/** Whose keys the cell is searched with: null for a column without tenants; refuses where the statement does not fix the tenant. */
export function requireTenant(
  context: Context,
  { column, range }: Cell,
  construct: string,
  at?: number,
): BoundTo | null {
  if (column.tenant === null) return null
  return range?.fixed.get(column.tenant) ?? context.refuse('TenantNeeded', column, construct, at)
}

/** Replaces the column reference by its index expression. */
export function toIndex(context: Context, node: Tree): void {
  const { body } = kindOf(node)
  const start = number(body, 'location')
  const end = context.source.nameEnd(start)
  context.source.replace(start, end, indexText(context.source.slice(start, end)))
}

/** The name as its user would write it, for messages. */
export const nameText = (node: Tree): string => strings(children(child(node, 'ColumnRef'), 'fields')).join('.')

/** The same binding, from the same place. */
export const sameBound = (a: BoundTo | null, b: BoundTo | null): boolean => JSON.stringify(a) === JSON.stringify(b)
