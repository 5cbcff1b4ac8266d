import { child, children, kindOf, number, strings, type Tree, text } from '../sql/ast.ts'
import { parameterUnder, stripCast } from './cast.ts'
import { columnReference } from './column-reference.ts'
import type { Context } from './context.ts'
import { requireTenant } from './index-text.ts'
import type { Cell, Scope } from './scope.ts'

/** The SQL expression of a cell's search tokens. The index is made on it. */
export const tokensText = (cell: string): string => `hufu.tokens(${cell})`

/** `column LIKE $1` of a column with prefix search, made a search by token. False when it is something else. */
export function prefixSearch(context: Context, body: Tree, cell: Cell, column: Tree, pattern: Tree): boolean {
  const { search, caseInsensitive } = cell.column
  const operator = strings(children(body, 'name')).at(-1)
  const like = operator === '~~' || (operator === '~~*' && caseInsensitive)
  const known = ['AEXPR_LIKE', 'AEXPR_ILIKE', 'AEXPR_OP'].includes(text(body, 'kind'))
  if (!search.includes('prefix') || !like || !known || kindOf(column).kind !== 'ColumnRef') return false
  if (parameterUnder(pattern) === null) return false
  toTokens(context, column)
  const token = context.source.tokens[context.source.tokenAt(number(body, 'location'))]
  if (token !== undefined) context.source.replace(token.start, token.end, '@>')
  tokenParameter(context, cell, pattern, 'prefix')
  return true
}

/** `hufu.words(column, $1)`, made a search by token. False when its first argument is no cell. */
export function wordSearch(context: Context, body: Tree, scope: Scope): boolean {
  const [column = {}, words = {}, ...more] = children(body, 'args')
  if (kindOf(column).kind !== 'ColumnRef') return false
  const [cell] = columnReference(context, column, scope)
  if (cell === undefined) return false
  const start = number(body, 'location')
  const { source } = context
  if (!cell.column.search.includes('words')) context.refuse('WordSearch', cell.column, 'hufu.words', start)
  const comma = source.tokens[source.tokenAt(source.nameEnd(number(kindOf(column).body, 'location')))]
  if (parameterUnder(words) === null || more.length > 0 || comma?.text !== ',')
    context.refuse('Expression', cell.column, 'hufu.words with an expression', start)
  source.replace(start, source.nameEnd(start), '')
  toTokens(context, column)
  source.replace(comma.start, comma.end, ' @>')
  tokenParameter(context, cell, words, 'words')
  return true
}

function toTokens({ source }: Context, column: Tree): void {
  const start = number(child(column, 'ColumnRef'), 'location')
  const end = source.nameEnd(start)
  source.replace(start, end, tokensText(source.slice(start, end)))
}

function tokenParameter(context: Context, cell: Cell, node: Tree, role: 'prefix' | 'words'): void {
  const body = stripCast(context, cell.column, node, false)
  const tenant = requireTenant(context, cell, 'a search', number(body, 'location'))
  const use = { role, column: cell.column, tenant, row: null }
  context.occurrences.push({ number: number(body, 'number'), start: number(body, 'location'), use })
}
