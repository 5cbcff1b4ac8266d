import { type HashName, hmac } from '../hmac.ts'
import type { Secret } from '../secret.ts'
import { checkIndexKey } from './blind-index.ts'
import { CELL_TOKEN_SIZE } from './cell-layout.ts'

const LABEL = Buffer.from('hufu/cell/token')

/** What a token is of, by its byte in the format. */
export const tokenKinds = { prefix: Uint8Array.of(1), word: Uint8Array.of(2) } as const

export interface SearchTerm {
  readonly what: keyof typeof tokenKinds
  readonly text: string
}

/** The token of one term, 8 bytes: equal terms under one index key have equal ones. The key is 32 bytes, and no DEK. */
export function searchToken(hash: HashName, indexKey: Secret, { what, text }: SearchTerm): Uint8Array {
  checkIndexKey(indexKey)
  return hmac(hash, indexKey, LABEL, tokenKinds[what], Buffer.from(text)).subarray(0, CELL_TOKEN_SIZE)
}

/** The tokens of the terms as a cell has them: ascending, none twice. */
export function cellTokens(hash: HashName, indexKey: Secret, terms: readonly SearchTerm[]): Uint8Array {
  const tokens = terms.map((term) => Buffer.from(searchToken(hash, indexKey, term))).sort(Buffer.compare)
  return new Uint8Array(Buffer.concat(tokens.filter((token, i) => tokens[i - 1]?.equals(token) !== true)))
}
