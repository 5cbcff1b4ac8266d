import { child, children, kindOf, number, type Tree } from '../sql/ast.ts'
import type { Context, Purpose } from './context.ts'
import { indexText, requireIndex, toIndex } from './index-text.ts'
import type { Scope } from './scope.ts'
import type { Target } from './target-list.ts'

/** DISTINCT compares results: cells by their index, which DISTINCT ON can say. */
export function distinct(
  context: Context,
  body: Tree,
  nodes: readonly Tree[],
  targets: readonly Target[] | null,
  scope: Scope,
  purpose: Purpose,
): void {
  const clause = children(body, 'distinctClause')
  if (!Array.isArray(body.distinctClause)) return
  const on = clause.filter((node) => Object.keys(node).length > 0)
  if (on.length > 0) distinctOn(context, on, scope)
  else if (purpose === 'cell') plainDistinct(context, nodes, targets)
}

function distinctOn(context: Context, on: readonly Tree[], scope: Scope): void {
  for (const node of on) {
    const [cell] = context.expression(node, scope)
    if (cell === undefined) continue
    requireIndex(context, cell, 'DISTINCT ON')
    if (kindOf(node).kind !== 'ColumnRef') context.refuse('Distinct', cell.column, 'DISTINCT ON an expression')
    toIndex(context, node)
  }
}

function plainDistinct(context: Context, nodes: readonly Tree[], targets: readonly Target[] | null): void {
  const cell = targets?.flatMap(({ cells }) => cells)[0]
  if (cell === undefined) return
  const at = number(child(nodes[0], 'ResTarget'), 'location')
  if (targets === null || targets.length !== nodes.length || targets.some(({ node }) => node === undefined))
    context.refuse('Distinct', cell.column, 'DISTINCT over *', at)
  const items = targets.map((target, i) => item(context, target, i, at))
  const { tokens } = context.source
  let word = context.source.tokenAt(at)
  while (word > 0 && tokens[word]?.text.toLowerCase() !== 'distinct') word--
  const { start = 0, end = 0 } = tokens[word] ?? {}
  context.source.replace(start, end, `DISTINCT ON (${items.join(', ')})`)
}

function item(context: Context, { cells: [cell], node }: Target, i: number, at: number): string {
  if (cell === undefined) return String(i + 1)
  const { kind, body } = kindOf(node ?? {})
  if (kind !== 'ColumnRef') context.refuse('Distinct', cell.column, 'DISTINCT over an expression', at)
  requireIndex(context, cell, 'DISTINCT', at)
  const start = number(body, 'location')
  return indexText(context.source.slice(start, context.source.nameEnd(start)))
}
