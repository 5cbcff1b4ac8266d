import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import { child, children, kindOf, number, optional, type Tree, text } from '../sql/ast.ts'
import { parameterUnder } from './cast.ts'
import type { Context } from './context.ts'
import { boundTo } from './fixed.ts'
import { namedRange } from './from.ts'
import { onConflict } from './on-conflict.ts'
import { returning } from './returning.ts'
import { type Flow, innerScope, type Range, type Scope } from './scope.ts'
import { assignCell, type Bindings } from './set-clauses.ts'
import { defineQueries } from './with-queries.ts'

/** INSERT: cells for parameters of encrypted columns, in VALUES or in the select list of INSERT … SELECT. */
export function insert(context: Context, body: Tree, parent: Scope | null): readonly Flow[] {
  const scope = innerScope(parent)
  defineQueries(context, body, scope)
  const target = namedRange(context, child(body, 'relation'), null)
  const names = columnNames(body, target)
  const source = child(child(body, 'selectStmt'), 'SelectStmt')
  if (source.valuesLists !== undefined && target.flows !== null)
    for (const row of children(source, 'valuesLists'))
      insertRow(context, children(child(row, 'List'), 'items'), names, target, scope)
  else if (optional(body, 'selectStmt') !== undefined) insertQuery(context, source, names, target, scope)
  const changed = { ...scope, ranges: [target] }
  onConflict(context, optional(body, 'onConflictClause'), target, changed)
  return returning(context, body, target, changed)
}

const columnNames = (body: Tree, target: Range): readonly string[] => {
  const named = children(body, 'cols').map((node) => text(child(node, 'ResTarget'), 'name'))
  return named.length > 0 ? named : (target.flows?.map(({ name }) => name) ?? [])
}

const encryptedIn = (target: Range, name: string | undefined): EncryptedColumn | undefined =>
  target.flows?.find((flow) => flow.name === name)?.cells[0]?.column

function insertRow(
  context: Context,
  items: readonly Tree[],
  names: readonly string[],
  target: Range,
  scope: Scope,
): void {
  const bindings: Bindings = (column) => {
    const item = items[names.indexOf(column)]
    return item === undefined ? null : boundTo(item)
  }
  for (const [i, item] of items.entries()) {
    const column = encryptedIn(target, names[i])
    if (column !== undefined) assignCell(context, column, item, scope, bindings, null)
    else
      context.refuseCell(
        context.expression(item, scope),
        'CopyCell',
        `a value of ${names[i] ?? 'a column'}`,
        number(kindOf(item).body, 'location'),
      )
  }
}

/** INSERT … SELECT: parameters of its select list are values; a cell may not go anywhere. */
function insertQuery(context: Context, source: Tree, names: readonly string[], target: Range, scope: Scope): void {
  const items = children(source, 'targetList').map((node) => child(child(node, 'ResTarget'), 'val'))
  const secret = names.find((name) => encryptedIn(target, name) !== undefined)
  const simple = source.op === 'SETOP_NONE' && source.valuesLists === undefined
  const sealed = new Set<number>()
  if (secret !== undefined && simple)
    for (const [i, item] of items.entries()) {
      const column = encryptedIn(target, names[i])
      if (column === undefined || parameterUnder(item) === null) continue
      assignCell(context, column, item, scope, (name) => boundTo(items[names.indexOf(name)] ?? {}), null)
      sealed.add(i)
    }
  const rest =
    sealed.size === 0
      ? source
      : { ...source, targetList: children(source, 'targetList').filter((_, i) => !sealed.has(i)) }
  const flows = context.select({ SelectStmt: rest }, scope, 'cell')
  context.refuseCell(flows?.flatMap(({ cells }) => cells) ?? [], 'CopyCell', 'INSERT … SELECT')
  for (const [i, name] of names.entries()) {
    const column = encryptedIn(target, name)
    if (column !== undefined && (i < items.length || !simple) && !sealed.has(i) && !isNull(items[i]))
      context.refuse('Expression', column, 'INSERT … SELECT of an expression')
  }
}

const isNull = (node: Tree | undefined): boolean => node !== undefined && kindOf(node).body.isnull === true
