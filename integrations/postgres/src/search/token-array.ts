import { CELL_TOKEN_SIZE, CELL_TOKENS_MAX, cellTokens, type SearchTerm } from '@hufu/crypto'
import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import type { KeyLease } from '../keys/keyring.ts'
import { QueryRefused } from '../refusal/query-refused.ts'
import { InvalidValue } from '../value/invalid-value.ts'
import { prefixOf, termsOf, wordsOf } from './terms.ts'

/** The tokens of a value that is written. Throws `InvalidValue` for a text of too many words. */
export function valueTokens(column: EncryptedColumn, key: KeyLease, text: string): Uint8Array {
  const terms = termsOf(column, text)
  if (terms.length > CELL_TOKENS_MAX) throw new InvalidValue('text', `at most ${CELL_TOKENS_MAX} prefixes and words`)
  return cellTokens('sha256', key.secret, terms)
}

/** What is searched for, as a literal of bigint[]. Throws `QueryRefused` for what the tokens can't answer. */
export function searchedTokens(column: EncryptedColumn, key: KeyLease, role: 'prefix' | 'words', text: string): string {
  const terms = role === 'prefix' ? prefixTerm(column, text) : wordTerms(column, text)
  const tokens = Buffer.from(cellTokens('sha256', key.secret, terms))
  const numbers = Array.from({ length: tokens.length / CELL_TOKEN_SIZE }, (_, i) =>
    tokens.readBigInt64BE(i * CELL_TOKEN_SIZE),
  )
  return `{${numbers.join(',')}}`
}

function prefixTerm(column: EncryptedColumn, pattern: string): SearchTerm[] {
  const text = prefixOf(column, pattern)
  return text === null ? refuse(column, 'LIKE with another pattern') : [{ what: 'prefix', text }]
}

function wordTerms(column: EncryptedColumn, text: string): SearchTerm[] {
  const words = wordsOf(text)
  return words.length === 0
    ? refuse(column, 'hufu.words without a word')
    : words.map((word) => ({ what: 'word', text: word }))
}

function refuse({ table, column }: EncryptedColumn, construct: string): never {
  throw new QueryRefused({ refusal: 'Pattern', table, column, construct })
}
