import { HufuError, type Page } from '@hufu/wire'
import type { KeyQuery } from './store/store.ts'

export const MAX_PLAINTEXT_SIZE = 4_096
export const MAX_RANDOM_SIZE = 1_024
export const MAX_DESCRIPTION_SIZE = 8_192
const DEFAULT_PAGE = 100
const MAX_PAGE = 1_000

const ALIAS = /^[A-Za-z0-9][A-Za-z0-9/_-]{0,249}$/
/** Names that belong to the service itself. */
const RESERVED_ALIAS = /^(kms-|aws\/)/

export function checkPlaintext({ length }: Uint8Array): void {
  if (length >= 1 && length <= MAX_PLAINTEXT_SIZE) return
  throw new HufuError('PlaintextTooLarge', `expected 1 to ${MAX_PLAINTEXT_SIZE} bytes of plaintext, received ${length}`)
}

export function checkRandomSize(size: number): number {
  if (Number.isInteger(size) && size >= 1 && size <= MAX_RANDOM_SIZE) return size
  throw new HufuError('InvalidParameter', `expected 1 to ${MAX_RANDOM_SIZE} bytes, received ${size}`)
}

export function checkDescription(description: string): string {
  const size = Buffer.byteLength(description)
  if (size <= MAX_DESCRIPTION_SIZE) return description
  throw new HufuError(
    'InvalidParameter',
    `expected a description of at most ${MAX_DESCRIPTION_SIZE} bytes, received ${size}`,
  )
}

/** The alias without its `alias/` prefix. */
export function checkAlias(alias: string): string {
  if (ALIAS.test(alias) && !RESERVED_ALIAS.test(alias)) return alias
  throw new HufuError(
    'InvalidAlias',
    `expected 1 to 250 letters, digits, "-", "_" and "/", not beginning with "kms-" or "aws/", received ${JSON.stringify(alias.slice(0, 300))}`,
  )
}

export function pageOf({ offset = 0, limit = DEFAULT_PAGE }: Page): KeyQuery {
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new HufuError('InvalidParameter', `expected an offset of 0 or more, received ${offset}`)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw new HufuError('InvalidParameter', `expected a limit of 1 to ${MAX_PAGE}, received ${limit}`)
  return { offset, limit }
}
