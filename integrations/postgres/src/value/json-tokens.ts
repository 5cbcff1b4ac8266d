import { InvalidValue } from './invalid-value.ts'
import { numericText } from './number-text.ts'
import { plainText } from './plain-text.ts'

/** A JSON value whose numbers keep their digits, which JavaScript's do not. */
export type Json =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Json> }

const TOKEN = /\s*(?:([[\]{},:])|("(?:[^"\\]|\\.)*")|([^\s[\]{},:"]+))/sy

/** Reads text that is known to be JSON. */
export function readJson(text: string): Json {
  const tokens = tokensOf(text)
  let at = 0
  const value = (): Json => {
    const token = tokens[at++] ?? ''
    if (token === '[') return { kind: 'array', items: list(']', value) }
    if (token === '{') return { kind: 'object', members: new Map(list('}', member)) }
    return token.startsWith('"') ? { kind: 'string', value: JSON.parse(token) } : { kind: 'word', text: token }
  }
  const member = (): [string, Json] => {
    const name: string = JSON.parse(tokens[at] ?? '')
    at += 2
    return [name, value()]
  }
  const list = <T>(end: string, item: () => T): T[] => {
    const items: T[] = []
    if (tokens[at] === end) at++
    else
      do items.push(item())
      while (tokens[at++] === ',')
    return items
  }
  return value()
}

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text))
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '')
  return tokens
}

/** The text that PostgreSQL prints for a jsonb of this value. */
export function writeJsonb(json: Json): string {
  switch (json.kind) {
    case 'word':
      return /^[-\d]/.test(json.text) ? numericText(json.text) : json.text
    case 'string':
      return quoted(json.value)
    case 'array':
      return `[${json.items.map(writeJsonb).join(', ')}]`
    case 'object':
      return `{${[...json.members]
        .sort(
          ([a], [b]) => Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b)),
        )
        .map(([name, value]) => `${quoted(name)}: ${writeJsonb(value)}`)
        .join(', ')}}`
  }
}

function quoted(value: string): string {
  try {
    return JSON.stringify(plainText(value))
  } catch (cause) {
    if (cause instanceof InvalidValue)
      throw new InvalidValue('jsonb', 'text without a zero character or lone surrogates')
    throw cause
  }
}
