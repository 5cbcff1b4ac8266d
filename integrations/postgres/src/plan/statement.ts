import { kindOf, type Tree } from '../sql/ast.ts'
import type { Context } from './context.ts'
import { insert } from './insert.ts'
import { otherStatement } from './other-statement.ts'
import type { Flow, Scope } from './scope.ts'
import { updateOrDelete } from './update-delete.ts'

/** Any statement. Its result columns in order; null when only the server knows them. */
export function statement(context: Context, node: Tree, parent: Scope | null): readonly Flow[] | null {
  const { kind, body } = kindOf(node)
  switch (kind) {
    case 'SelectStmt':
      return context.select(node, parent, 'cell')
    case 'InsertStmt':
      return insert(context, body, parent)
    case 'UpdateStmt':
    case 'DeleteStmt':
      return updateOrDelete(context, kind, body, parent)
    default:
      return otherStatement(context, node, parent)
  }
}
