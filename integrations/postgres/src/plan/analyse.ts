import type { Catalogue } from '../catalogue/catalogue.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import { child, children, everyNode, kindOf, optional, strings, type Tree, text } from '../sql/ast.ts'
import { parse } from '../sql/parse.ts'
import { Source } from '../sql/source.ts'
import { Context, type Occurrence } from './context.ts'
import { expression } from './expression.ts'
import type { ParameterUse, Plan, Role, StatementPlan } from './plan.ts'
import { select } from './select.ts'
import { statement as anyStatement } from './statement.ts'

/**
 * Decides what becomes of a SQL text: which parameters are sealed or made an index, which names become
 * index expressions, which results are cells. Throws `QueryRefused` for what would mean something else on cells.
 */
export function analyse(sql: string, catalogue: Catalogue): Plan {
  const untouched: Plan = { text: sql, statements: [], uses: [], parameters: 0, concerned: false, guarded: [] }
  if (!catalogue.concerns(sql) && !/hufu\s*\.\s*principal/i.test(sql)) return untouched
  const statements = parsed(sql)
  const context = new Context(new Source(sql), catalogue, { expression, select, statement: anyStatement })
  const plans = statements.map((node) => statement(context, child(node, 'stmt')))
  const { uses, parameters } = numbered(context)
  const { concerned, guarded } = context
  return { text: context.source.result(), statements: plans, uses, parameters, concerned, guarded: [...guarded] }
}

/** What cannot be parsed is not sent: the server might know a syntax in which a plaintext hides. */
function parsed(sql: string): readonly Tree[] {
  try {
    return parse(sql)
  } catch (error) {
    const construct = error instanceof Error ? error.message : 'a syntax error'
    throw new QueryRefused({ refusal: 'Syntax', table: 'a table of this statement', construct })
  }
}

function statement(context: Context, node: Tree): StatementPlan {
  const flows = context.statement(node, null)
  const outputs = flows?.map(({ cells }) => cells.map(({ column }) => column)) ?? null
  const principal = principalSet(node)
  const reads =
    kindOf(node).kind === 'SelectStmt' &&
    ![...everyNode(node)].some(({ kind }) => /^(Insert|Update|Delete|Merge)Stmt$/.test(kind))
  return principal === undefined ? { outputs, reads } : { outputs, reads, principal }
}

/** `SET [LOCAL] hufu.principal = '…'` and its RESET. */
function principalSet(node: Tree): StatementPlan['principal'] {
  const { kind, body } = kindOf(node)
  if (kind !== 'VariableSetStmt' || text(body, 'name') !== 'hufu.principal') return undefined
  const [value] = children(body, 'args')
  const string = optional(child(value, 'A_Const'), 'sval')
  const names = value === undefined ? [] : strings([value])
  return {
    name: string === undefined ? (names[0] ?? null) : text(string, 'sval') || null,
    local: body.is_local === true,
  }
}

/** Gives every use its parameter: the first use keeps the number, further ones are added behind the last. */
function numbered(context: Context): { uses: ParameterUse[]; parameters: number } {
  const parameters = Math.max(0, ...context.occurrences.map((one) => one.number))
  const taken = new Map<string, number>()
  const uses: ParameterUse[] = []
  let last = parameters
  for (const one of [...context.occurrences].sort((a, b) => Number(a.use !== null) - Number(b.use !== null))) {
    const key = useKey(one)
    const known = taken.get(key)
    const first = ![...taken.keys()].some((other) => other.startsWith(`${one.number}:`))
    const to = known ?? (first ? one.number : ++last)
    taken.set(key, to)
    if (one.use !== null && known === undefined) uses.push({ from: one.number, to, ...one.use })
    rewrite(context, one, to)
  }
  return { uses, parameters }
}

const useKey = ({ number: from, use }: Occurrence): string =>
  `${from}:${use === null ? '' : JSON.stringify([use.role, use.column.id, use.tenant, use.row])}`

const SENT_AS: Readonly<Record<Role, string>> = {
  cell: '::bytea',
  index: '::bytea',
  indexes: '::bytea[]',
  prefix: '::bigint[]',
  words: '::bigint[]',
}

/** A sealed parameter says its type, so that a column that is no longer encrypted refuses it. */
function rewrite({ source }: Context, { start, number: from, use }: Occurrence, to: number): void {
  const token = source.tokens[source.tokenAt(start)]
  const changed = `$${to}${use === null ? '' : SENT_AS[use.role]}`
  if (token !== undefined && changed !== `$${from}`) source.replace(token.start, token.end, changed)
}
