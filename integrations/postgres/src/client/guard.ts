import type { Plan } from '../plan/plan.ts'

/** What the server raises when the tables that a statement touches are no longer what it was planned for. */
export const GUARD_ERROR = 'HUF01'

/**
 * SQL that runs in the same transaction, in front of a statement on a table whose column is being moved. It holds
 * the tables as they are and fails when they have changed; the statement then does not run.
 */
export const guardText = (plan: Plan, generation: number): string =>
  `SELECT ${plan.guarded.map((table) => `hufu.guard('${table.replaceAll("'", "''")}'::regclass, ${generation})`).join(', ')}`
