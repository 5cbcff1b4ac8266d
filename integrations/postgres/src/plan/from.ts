import type { Relation } from '../catalogue/catalogue.ts'
import { child, children, everyNode, kindOf, number, optional, strings, type Tree, text } from '../sql/ast.ts'
import type { Context } from './context.ts'
import { fixColumns } from './fixed.ts'
import { quoteName } from './index-text.ts'
import { plainParts } from './plain-parts.ts'
import type { Flow, Range, Scope } from './scope.ts'
import { viewFlows } from './view.ts'
import { renamed } from './with-queries.ts'

/** Puts the row sources of FROM into the scope, in order; ON is read when both sides are there. */
export function fromItems(context: Context, nodes: readonly Tree[], scope: Scope): void {
  for (const node of nodes) fromItem(context, node, scope)
}

function fromItem(context: Context, node: Tree, scope: Scope): void {
  const { kind, body } = kindOf(node)
  if (kind === 'RangeVar') scope.ranges.push(namedRange(context, body, scope))
  else if (kind === 'JoinExpr') join(context, body, scope)
  else if (kind === 'RangeSubselect') {
    const flows = context.select(child(body, 'subquery'), scope, 'cell')
    scope.ranges.push(aliased(child(body, 'alias'), '', null, flows))
  } else if (kind === 'RangeTableSample') {
    fromItem(context, child(body, 'relation'), scope)
    plainParts(context, 'sample', { args: body.args, repeatable: body.repeatable }, scope)
  } else {
    plainParts(context, 'FROM', body, scope)
    scope.ranges.push(aliased(child(body, 'alias'), functionName(body), null, null))
  }
}

/** A function in FROM is called as the function when it has no alias. */
function functionName(body: Tree): string {
  for (const { kind, body: call } of everyNode(body))
    if (kind === 'FuncCall') return strings(children(call, 'funcname')).at(-1) ?? ''
  return ''
}

function aliased(alias: Tree, name: string, relation: Relation | null, flows: readonly Flow[] | null): Range {
  const renamedFlows = renamed(flows, strings(children(alias, 'colnames')))
  return { alias: text(alias, 'aliasname') || name, relation, flows: renamedFlows, fixed: new Map() }
}

/** The row source that a table's name means: a query of WITH, a table, a view, or one unknown here. */
export function namedRange(context: Context, body: Tree, scope: Scope | null): Range {
  const name = text(body, 'relname')
  const schema = text(body, 'schemaname')
  const query = schema === '' ? scope?.ctes.get(name) : undefined
  if (query !== undefined) return aliased(child(body, 'alias'), name, null, query)
  const relation = relationOf(context, schema, name, number(body, 'location'))
  const flows = relation === null ? null : relationFlows(context, relation)
  return relation?.view === null
    ? owned(aliased(child(body, 'alias'), name, relation, flows))
    : aliased(child(body, 'alias'), name, relation, flows)
}

/** The range of a table: its cells are read from its own rows. */
function owned({ flows, ...rest }: Range): Range {
  const own: Mutable<Range> = { ...rest, flows: null }
  own.flows =
    flows?.map((flow) => ({ ...flow, cells: flow.cells.map(({ column }) => ({ column, range: own })) })) ?? null
  return own
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The one relation of that name; null for none that is known. */
export function relationOf(context: Context, schema: string, name: string, at: number): Relation | null {
  const found = context.catalogue.named(schema, name)
  const [only = null] = found
  const special = found.find((one) => one.pending !== null || one.columns.some(({ encrypted }) => encrypted !== null))
  if (special !== undefined && found.length > 1) context.refuse('AmbiguousName', name, `${name} without its schema`, at)
  if (found.length > 1) return null
  if (only?.pending === 'apply') context.notApplied(only)
  if (only?.pending === 'backfill') context.guarded.add(`${quoteName(only.schema)}.${quoteName(only.name)}`)
  if (special !== undefined) context.concerned = true
  return only
}

function relationFlows(context: Context, relation: Relation): readonly Flow[] | null {
  if (relation.view !== null) return viewFlows(context, relation)
  return relation.columns.map(({ name, encrypted }) => ({
    name,
    cells: encrypted === null ? [] : [{ column: encrypted, range: null }],
  }))
}

function join(context: Context, body: Tree, scope: Scope): void {
  const before = scope.ranges.length
  fromItem(context, child(body, 'larg'), scope)
  const middle = scope.ranges.length
  fromItem(context, child(body, 'rarg'), scope)
  const [left, right] = [scope.ranges.slice(before, middle), scope.ranges.slice(middle)]
  refuseAlias(context, body, [...left, ...right])
  const names = mergedNames(body, left, right)
  refuseMerged(context, body, names, left, right)
  if (names.length > 0) scope.merges.push({ names, left, right })
  const on = optional(body, 'quals')
  if (on === undefined) return
  if (text(body, 'jointype') === 'JOIN_INNER') fixColumns(on, scope)
  context.expression(on, scope)
}

/** `(a JOIN b …) AS j` hides the names of both sides behind another one. */
function refuseAlias(context: Context, body: Tree, ranges: readonly Range[]): void {
  if (optional(body, 'alias') === undefined) return
  for (const { cells } of allFlows(ranges)) context.refuseCell(cells, 'Using', 'an alias of a join')
}

/** The names of USING, or those that NATURAL finds on both sides, in their order. */
function mergedNames(body: Tree, left: readonly Range[], right: readonly Range[]): readonly string[] {
  if (body.isNatural !== true) return strings(children(body, 'usingClause'))
  const names = new Set(allFlows(left).map(({ name }) => name))
  return [...names].filter((name) => shared(name, left, right))
}

/** USING and NATURAL merge columns of equal names by `=`, which cells do not have. */
function refuseMerged(
  context: Context,
  body: Tree,
  names: readonly string[],
  left: readonly Range[],
  right: readonly Range[],
): void {
  const construct = body.isNatural === true ? 'NATURAL JOIN' : 'USING'
  for (const { name, cells } of [...allFlows(left), ...allFlows(right)])
    if (names.includes(name) && shared(name, left, right)) context.refuseCell(cells, 'Using', construct)
}

const allFlows = (ranges: readonly Range[]): readonly Flow[] => ranges.flatMap(({ flows }) => flows ?? [])

const shared = (name: string, left: readonly Range[], right: readonly Range[]): boolean =>
  [left, right].every((side) => side.some(({ flows }) => flows === null || flows.some((flow) => flow.name === name)))
