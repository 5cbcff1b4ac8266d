import { child, children, kindOf, number, optional, strings, type Tree, text } from '../sql/ast.ts'
import { parameterUnder, stripCast } from './cast.ts'
import { columnReference } from './column-reference.ts'
import type { Context, Value } from './context.ts'
import { nameText, requireIndex, sameBound, toIndex } from './index-text.ts'
import { plainParts } from './plain-parts.ts'
import type { Role } from './plan.ts'
import type { Cell, Scope } from './scope.ts'
import { prefixSearch } from './token-search.ts'

const plain: Value = []

interface Side {
  readonly node: Tree
  readonly cells: Value
  readonly form: 'column' | 'parameter' | 'null' | 'literal' | 'select' | 'list' | 'other'
}

/** An operator between two expressions: rewritten where it means equality, else free of cells. */
export function comparison(context: Context, body: Tree, scope: Scope): Value {
  const left = optional(body, 'lexpr')
  const right = optional(body, 'rexpr')
  if (left === undefined || right === undefined) {
    plainParts(context, 'Operator', body, scope)
    return plain
  }
  const pairs = rowPairs(left, right)
  if (pairs !== null)
    for (const [a, b] of pairs) compare(context, body, sideOf(context, a, scope), sideOf(context, b, scope), scope)
  else compare(context, body, sideOf(context, left, scope), sideOf(context, right, scope), scope)
  return plain
}

/** `(a, b) = (c, d)` and `(a, b) IN ((c, d), …)`, pair by pair; null when it isn't rows on both sides. */
function rowPairs(left: Tree, right: Tree): [Tree, Tree][] | null {
  const columns = rowItems(left)
  if (columns === null) return null
  const list = kindOf(right)
  const rows = list.kind === 'List' ? children(list.body, 'items').map(rowItems) : [rowItems(right)]
  if (rows.some((row) => row === null || row.length !== columns.length)) return null
  return columns.map((column, i) => [column, { List: { items: rows.flatMap((row) => row?.[i] ?? []) } }])
}

const rowItems = (node: Tree): readonly Tree[] | null => {
  const { kind, body } = kindOf(node)
  return kind === 'RowExpr' ? children(body, 'args') : null
}

function sideOf(context: Context, node: Tree, scope: Scope): Side {
  const { kind, body } = kindOf(node)
  if (parameterUnder(node) !== null) return { node, cells: plain, form: 'parameter' }
  if (kind === 'ColumnRef') return { node, cells: columnReference(context, node, scope), form: 'column' }
  if (kind === 'A_Const') return { node, cells: plain, form: body.isnull === true ? 'null' : 'literal' }
  if (kind === 'TypeCast' && kindOf(child(body, 'arg')).kind === 'A_Const')
    return { node, cells: plain, form: 'literal' }
  if (kind === 'List') return { node, cells: plain, form: 'list' }
  if (kind === 'SubLink' && text(body, 'subLinkType') === 'EXPR_SUBLINK') {
    const flows = context.select(child(body, 'subselect'), scope, 'index')
    return { node, cells: flows?.flatMap(({ cells }) => cells) ?? plain, form: 'select' }
  }
  return { node, cells: context.expression(node, scope), form: 'other' }
}

function compare(context: Context, body: Tree, left: Side, right: Side, scope: Scope): void {
  const [secret, other] = left.cells.length > 0 ? [left, right] : [right, left]
  const [cell] = secret.cells
  if (cell === undefined) {
    for (const side of [left, right]) walkPlain(context, side, scope)
    return
  }
  if (secret === left && secret.cells.length === 1 && prefixSearch(context, body, cell, left.node, right.node)) return
  requireEquality(context, body, cell)
  const at = number(body, 'location')
  if (secret.form === 'other' || secret.cells.length > 1)
    context.refuse('Expression', cell.column, `${operator(body)} with it`, at)
  requireIndex(context, cell, `${operator(body)} with ${phrase(other)}`, at)
  if (secret.form === 'column') toIndex(context, secret.node)
  against(context, body, cell, other, scope)
}

/** A side whose other side is plain, and which was looked at but not walked. */
function walkPlain(context: Context, side: Side, scope: Scope): void {
  if (side.form === 'parameter' || side.form === 'literal') context.expression(side.node, scope)
  if (side.form !== 'list') return
  for (const item of children(kindOf(side.node).body, 'items')) {
    const cells = context.expression(item, scope)
    context.refuseCell(cells, 'Expression', 'an item of a list')
  }
}

const EQUALITY: Readonly<Record<string, readonly string[]>> = {
  AEXPR_OP: ['=', '<>', '!='],
  AEXPR_IN: ['=', '<>'],
  AEXPR_OP_ANY: ['='],
  AEXPR_OP_ALL: ['<>', '!='],
  AEXPR_DISTINCT: ['='],
  AEXPR_NOT_DISTINCT: ['='],
}

function requireEquality(context: Context, body: Tree, { column }: Cell): void {
  const name = operator(body)
  const at = number(body, 'location')
  const kind = text(body, 'kind')
  if (/LIKE|SIMILAR/.test(kind) || /~/.test(name))
    context.refuse('Like', column, kind === 'AEXPR_OP' ? name : kind.slice(6), at)
  if (kind === 'AEXPR_NULLIF') context.refuse('Case', column, 'NULLIF', at)
  if (/BETWEEN/.test(kind) || (/^[<>]=?$/.test(name) && kind !== 'AEXPR_IN'))
    context.refuse('Range', column, kind === 'AEXPR_OP' ? name : 'BETWEEN', at)
  if (!EQUALITY[kind]?.includes(name)) context.refuse('Operator', column, name, at)
}

const operator = (body: Tree): string => {
  const path = strings(children(body, 'name'))
  return (path.length > 1 && path[0] !== 'pg_catalog' ? path.join('.') : path.at(-1)) ?? ''
}

/** The other side of an equality, made an index too. */
function against(context: Context, body: Tree, cell: Cell, other: Side, scope: Scope): void {
  const at = number(body, 'location')
  switch (other.form) {
    case 'null':
      return
    case 'parameter':
      parameter(context, cell, other.node, /ANY|ALL/.test(text(body, 'kind')) ? 'indexes' : 'index')
      return
    case 'list':
      for (const item of children(kindOf(other.node).body, 'items'))
        against(context, body, cell, sideOf(context, item, scope), scope)
      return
    case 'column':
    case 'select':
      cells(context, cell, other, at)
      return
    case 'literal':
      context.refuse('Literal', cell.column, 'a literal', at)
      return
    case 'other':
      context.refuse('Expression', cell.column, `${operator(body)} with an expression`, at)
  }
}

function cells(context: Context, cell: Cell, other: Side, at: number): void {
  const [second] = other.cells
  if (second === undefined) context.refuse('Expression', cell.column, `comparison with ${phrase(other)}`, at)
  const same = second.column.group === cell.column.group && second.column.type === cell.column.type
  if (!same || second.column.caseInsensitive !== cell.column.caseInsensitive)
    context.refuse('KeyGroup', cell.column, `comparison with ${second.column.table}.${second.column.column}`, at)
  const bound = requireIndex(context, second, `comparison with ${phrase(other)}`, at)
  if (!sameBound(bound, requireIndex(context, cell, `comparison with ${phrase(other)}`, at)))
    context.refuse('TenantNeeded', cell.column, 'comparison across tenants', at)
  if (other.form === 'column') toIndex(context, other.node)
}

function parameter(context: Context, cell: Cell, node: Tree, role: Role): void {
  const body = stripCast(context, cell.column, node, role === 'indexes')
  const tenant = requireIndex(context, cell, 'a parameter')
  const use = { role, column: cell.column, tenant, row: null }
  context.occurrences.push({ number: number(body, 'number'), start: number(body, 'location'), use })
}

const phrase = ({ form, node }: Side): string =>
  form === 'column'
    ? nameText(node)
    : {
        parameter: 'a parameter',
        null: 'NULL',
        literal: 'a literal',
        select: 'a sub-select',
        list: 'a list',
        other: 'an expression',
      }[form]
