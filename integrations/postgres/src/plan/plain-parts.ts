import { kindOf, number, type Tree } from '../sql/ast.ts'
import type { Context } from './context.ts'
import { nameText } from './index-text.ts'
import type { Scope } from './scope.ts'

const refusalOf: Readonly<Record<string, 'Case' | 'Coalesce' | 'Cast'>> = {
  CaseExpr: 'Case',
  CaseWhen: 'Case',
  CoalesceExpr: 'Coalesce',
  MinMaxExpr: 'Coalesce',
  TypeCast: 'Cast',
  CollateClause: 'Cast',
}

/** Every part of the node must be a plain value. */
export function plainParts(context: Context, kind: string, body: Tree, scope: Scope): void {
  for (const part of parts(body)) {
    const cells = context.expression(part, scope)
    context.refuseCell(cells, refusalOf[kind] ?? 'Expression', construct(kind, part), number(body, 'location'))
  }
}

const construct = (kind: string, part: Tree): string =>
  `${kind.replace(/Expr$|Clause$/, '').toLowerCase()} with ${kindOf(part).kind === 'ColumnRef' ? nameText(part) : 'it'}`

/** The nodes directly below, lists and unnamed structures looked through. */
export function parts(body: Tree): Tree[] {
  return Object.values(body).flatMap((value): Tree[] => {
    const nodes = Array.isArray(value) ? value : [value]
    return nodes.flatMap((node): Tree[] => {
      if (typeof node !== 'object' || node === null) return []
      return /^[A-Z]/.test(Object.keys(node)[0] ?? '') ? [node] : parts(node)
    })
  })
}
