import type { SearchTerm } from '@hufu/crypto'
import type { EncryptedColumn } from '../catalogue/catalogue.ts'

/** Characters of a prefix that can be searched for, in Unicode code points. */
export const PREFIX_MIN = 3
export const PREFIX_MAX = 20

type Searched = Pick<EncryptedColumn, 'search' | 'caseInsensitive'>

/** Whether the column's cells carry search tokens. */
export const hasTokens = ({ search }: Pick<EncryptedColumn, 'search'>): boolean =>
  search.includes('prefix') || search.includes('words')

/** Everything that a value of the column is found by. */
export function termsOf(column: Searched, text: string): SearchTerm[] {
  const prefixes = column.search.includes('prefix') ? prefixesOf(folded(column, text)) : []
  const words = column.search.includes('words') ? wordsOf(text) : []
  return [...prefixes.map((prefix) => term('prefix', prefix)), ...words.map((word) => term('word', word))]
}

const term = (what: SearchTerm['what'], text: string): SearchTerm => ({ what, text })

function prefixesOf(text: string): string[] {
  const characters = [...text.slice(0, 2 * PREFIX_MAX)].slice(0, PREFIX_MAX)
  return characters.slice(PREFIX_MIN - 1).map((_, i) => characters.slice(0, PREFIX_MIN + i).join(''))
}

/** Runs of letters, marks and digits, folded, each once. */
export function wordsOf(text: string): string[] {
  return [...new Set(fold(text.normalize('NFC')).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])]
}

/** The prefix of a LIKE pattern, as it is searched for; null for any other pattern than 3 to 20 characters and `%`. */
export function prefixOf(column: Searched, pattern: string): string | null {
  const literal = /^((?:[^%_\\]|\\.)*)%$/su.exec(pattern)?.[1]?.replace(/\\(.)/gsu, '$1')
  const prefix = literal === undefined ? '' : folded(column, literal)
  const size = [...prefix].length
  return size >= PREFIX_MIN && size <= PREFIX_MAX ? prefix : null
}

const folded = ({ caseInsensitive }: Searched, text: string): string => (caseInsensitive ? fold(text) : text)

/** Character by character, so that the fold of a prefix is a prefix of the fold: a sigma at the end is no other one. */
const fold = (text: string): string => Array.from(text, (character) => character.toLowerCase()).join('')
