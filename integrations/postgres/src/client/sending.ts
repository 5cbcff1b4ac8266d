import type { Plan } from '../plan/plan.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import { guardText } from './guard.ts'
import type { Connection, Submittable } from './submittable.ts'

/** Who has the text and the values of a query: a query stream sends through a cursor. */
export const sender = (query: Submittable): Submittable => query.cursor ?? query

/** Gives the query the planned text and the values to send. A named statement of another text gets another name. */
export function putPlanned(query: Submittable, plan: Plan, values: unknown[], generation: number): void {
  const target = sender(query)
  if (target.name && plan.text !== target.text) target.name = `${target.name} hufu ${generation}`
  target.text = plan.text
  if (target.values) target.values = values
}

/** Puts the guard of moving tables in front of the query: into its text, or as a statement of its own. */
export function sendGuard(query: Submittable, connection: Connection, plan: Plan, generation: number): void {
  const guard = guardText(plan, generation)
  const extended = (sender(query).values?.length ?? 0) > 0 || sender(query) !== query
  if (!extended && !query.name) {
    query.text = `${guard}; ${plan.text}`
    return
  }
  connection.parse({ text: guard })
  connection.bind({ values: [] })
  connection.execute({})
}

/** A missing value would leave a plaintext unsealed, or a parameter without its cell. */
export function checkCount(plan: Plan, values: readonly unknown[]): void {
  const table = plan.uses[0]?.column.table ?? ''
  const construct = `${values.length} values for ${plan.parameters} parameters`
  if (values.length !== plan.parameters) throw new QueryRefused({ refusal: 'ParameterCount', table, construct })
}
