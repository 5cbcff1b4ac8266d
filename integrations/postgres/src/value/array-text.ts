import { InvalidValue } from './invalid-value.ts'

const TOKEN = /\s*(?:([{},])|"((?:[^"\\]|\\.)*)"|((?:[^{},"\\\s]|\\.|\s+(?=[^{},\s]))+))/sy

/** A mark of the literal, or an item's text; null for the item NULL. */
type Token = { readonly mark: string } | { readonly item: string | null }

/** An array literal as PostgreSQL prints it, each element in its own type's text. */
export const arrayText =
  (type: string, element: (text: string) => string) =>
  (input: string): string =>
    tokensOf(type, input)
      .map((token) => ('mark' in token ? token.mark : token.item === null ? 'NULL' : quotedItem(element(token.item))))
      .join('')

/** The items of a literal of one dimension. */
export const arrayItems = (type: string, input: string): (string | null)[] =>
  tokensOf(type, input).flatMap((token) => ('item' in token ? [token.item] : []))

function tokensOf(type: string, input: string): Token[] {
  const bad = () => new InvalidValue(`${type}[]`, 'an array, or its literal in braces')
  const tokens: Token[] = []
  const end = input.trimEnd().length
  if (!input.trimStart().startsWith('{')) throw bad()
  let depth = 0
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const match = depth === 0 && tokens.length > 0 ? null : TOKEN.exec(input)
    if (match === null) throw bad()
    const [, mark, quoted, bare = ''] = match
    depth += mark === '{' ? 1 : mark === '}' ? -1 : 0
    tokens.push(mark === undefined ? { item: itemText(quoted, bare) } : { mark })
  }
  if (depth !== 0) throw bad()
  return tokens
}

const itemText = (quoted: string | undefined, bare: string): string | null =>
  quoted === undefined && bare.toUpperCase() === 'NULL' ? null : (quoted ?? bare).replaceAll(/\\(.)/gs, '$1')

const quotedItem = (text: string): string =>
  text !== '' && !/[{}",\\\s]/.test(text) && text.toUpperCase() !== 'NULL'
    ? text
    : `"${text.replaceAll(/["\\]/g, '\\$&')}"`
