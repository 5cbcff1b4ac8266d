import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import { child, children, kindOf, number, strings, type Tree } from '../sql/ast.ts'
import { columnType } from '../value/column-type.ts'
import type { Context } from './context.ts'

/** The parameter below any casts; null when it is something else. */
export function parameterUnder(node: Tree): Tree | null {
  const { kind, body } = kindOf(node)
  if (kind === 'ParamRef') return body
  return kind === 'TypeCast' ? parameterUnder(child(body, 'arg')) : null
}

/** Takes the casts off a parameter of an encrypted column; refuses one that would change the value. */
export function stripCast(context: Context, column: EncryptedColumn, node: Tree, array: boolean): Tree {
  const { kind, body } = kindOf(node)
  if (kind !== 'TypeCast') return body
  const type = child(body, 'typeName')
  const at = number(body, 'location')
  const name = strings(children(type, 'names')).at(-1) ?? ''
  const bounds = children(type, 'arrayBounds').length > 0 ? '[]' : ''
  const expected = array ? `${column.type.name}[]` : column.type.name
  const bare = children(type, 'typmods').length === 0
  const target = columnType(name)
  const fits = bare && target !== undefined && `${target.name}${bounds}` === expected
  if (!fits) context.refuse('Cast', column, `a cast to ${name}${bounds}`, at)
  removeCast(context, body)
  return stripCast(context, column, child(body, 'arg'), array)
}

/** `x::type` and `CAST(x AS type)` lose all but the x. */
function removeCast({ source }: Context, body: Tree): void {
  const at = source.tokenAt(number(body, 'location'))
  const mark = source.tokens[at]
  if (mark?.text === '::') {
    source.replace(mark.start, typeEnd(source, at + 1), '')
    return
  }
  const close = source.closing(at + 1)
  const as = lastAs(source, at + 2, close)
  source.replace(mark?.start ?? 0, source.tokens[at + 1]?.end ?? 0, '')
  source.replace(source.tokens[as]?.start ?? 0, source.tokens[close]?.end ?? 0, '')
}

function lastAs({ tokens }: Context['source'], from: number, close: number): number {
  for (let at = close; at > from; at--) if (tokens[at]?.text.toLowerCase() === 'as') return at
  return close
}

const TYPE_WORDS = ['varying', 'precision', 'with', 'without', 'time', 'zone']

/** Where the type's name ends: qualified name, further words, length, array bounds. */
function typeEnd(source: Context['source'], from: number): number {
  const { tokens } = source
  let at = from
  while (tokens[at + 1]?.text === '.') at += 2
  while (TYPE_WORDS.includes(tokens[at + 1]?.text.toLowerCase() ?? '')) at++
  if (tokens[at + 1]?.text === '(') at = source.closing(at + 1)
  while (tokens[at + 1]?.text === '[') at = source.closing(at + 1)
  return tokens[at]?.end ?? 0
}
