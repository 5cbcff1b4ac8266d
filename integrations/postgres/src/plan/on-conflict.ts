import { child, children, number, optional, type Tree, text } from '../sql/ast.ts'
import type { Context } from './context.ts'
import { indexText } from './index-text.ts'
import { plainParts } from './plain-parts.ts'
import type { Range, Scope } from './scope.ts'
import { setClauses } from './set-clauses.ts'

/** ON CONFLICT: its column becomes the index expression, which the unique index is made on. */
export function onConflict(context: Context, clause: Tree | undefined, target: Range, scope: Scope): void {
  if (clause === undefined) return
  const infer = optional(clause, 'infer')
  if (infer !== undefined) conflictTarget(context, infer, target, scope)
  const excluded = { ...scope, ranges: [...scope.ranges, { ...target, alias: 'excluded', fixed: new Map() }] }
  const both = {
    ranges: [target],
    merges: [],
    parent: { ...excluded, ranges: [{ ...target, alias: 'excluded' }] },
    ctes: scope.ctes,
  }
  setClauses(context, children(clause, 'targetList'), target, both)
  const where = optional(clause, 'whereClause')
  if (where !== undefined) context.expression(where, both)
}

function conflictTarget(context: Context, infer: Tree, target: Range, scope: Scope): void {
  const elements = children(infer, 'indexElems').map((node) => child(node, 'IndexElem'))
  const places = elementPlaces(context, number(infer, 'location'), elements.length)
  for (const [i, element] of elements.entries()) {
    const column = target.flows?.find(({ name }) => name === text(element, 'name'))?.cells[0]?.column
    const place = places[i]
    if (column === undefined) plainParts(context, 'ON CONFLICT', { expr: element.expr }, scope)
    else if (place !== undefined) {
      if (!column.search.includes('equality')) context.refuse('NotSearchable', column, 'ON CONFLICT', place.start)
      if (column.tenant !== null && !elements.some((other) => text(other, 'name') === column.tenant))
        context.refuse('TenantNeeded', column, 'ON CONFLICT without the tenant', place.start)
      context.source.replace(place.start, place.end, `(${indexText(context.source.slice(place.start, place.end))})`)
    }
  }
  const where = optional(infer, 'whereClause')
  if (where !== undefined) context.expression(where, scope)
}

/** The first token of every element: the parser does not say where they stand. */
function elementPlaces({ source }: Context, from: number, count: number): { start: number; end: number }[] {
  const open = source.tokens.findIndex((token) => token.start >= from && token.text === '(')
  const close = source.closing(open)
  const places: { start: number; end: number }[] = []
  for (let at = open + 1; at < close && places.length < count; at++) {
    const token = source.tokens[at]
    if (token !== undefined) places.push(token)
    while (at < close && source.tokens[at]?.text !== ',')
      at = source.tokens[at]?.text === '(' ? source.closing(at) + 1 : at + 1
  }
  return places
}
