import type { Relation } from '../catalogue/catalogue.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import { child } from '../sql/ast.ts'
import { parse } from '../sql/parse.ts'
import type { Context } from './context.ts'
import type { Flow } from './scope.ts'

/** The columns of a view: those of its query, which the server runs as it is and so must need no edit. */
export function viewFlows(context: Context, view: Relation): readonly Flow[] | null {
  const inner = context.on(view.view ?? '')
  const { source } = inner
  try {
    const [statement] = parse(source.text)
    const flows = inner.select(child(statement, 'stmt'), null, 'cell')
    if (inner.concerned) context.concerned = true
    const cells = flows?.flatMap((flow) => flow.cells) ?? []
    if (source.edited) context.refuseCell(cells, 'View', `the view ${view.name}`)
    if (source.edited) context.refuse('View', view.name, `the view ${view.name}`)
    return flows
  } catch (error) {
    if (!(error instanceof QueryRefused)) throw error
    return context.refuse(
      'View',
      error.column === undefined ? error.table : `${error.table}.${error.column}`,
      `the view ${view.name} (${error.construct})`,
    )
  }
}
