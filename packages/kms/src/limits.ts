import { HufuError, type KeyTagSet, type Page, type ResourceBinding } from '@hufu/wire'

export const MAX_PLAINTEXT_SIZE = 4_096
export const MAX_RANDOM_SIZE = 1_024
export const MAX_DESCRIPTION_SIZE = 8_192
const DEFAULT_PAGE = 100
const MAX_PAGE = 1_000
const MAX_BATCH = 100
const MAX_TAGS = 50

/** Milliseconds. */
export const DAY = 86_400_000

const ALIAS = /^[A-Za-z0-9][A-Za-z0-9/_-]{0,249}$/
/** Names that belong to the service itself. */
const RESERVED_ALIAS = /^(kms-|aws\/)/

export function checkPlaintext({ length }: Uint8Array): void {
  if (length >= 1 && length <= MAX_PLAINTEXT_SIZE) return
  throw new HufuError('PlaintextTooLarge', `expected 1 to ${MAX_PLAINTEXT_SIZE} bytes of plaintext, received ${length}`)
}

/** A message that is signed or MACed. */
export function checkMessage(message: Uint8Array): Uint8Array {
  if (message.length >= 1 && message.length <= MAX_PLAINTEXT_SIZE) return message
  throw new HufuError(
    'InvalidParameter',
    `expected 1 to ${MAX_PLAINTEXT_SIZE} bytes of message, received ${message.length}`,
  )
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

export function checkPage<T extends Page>(query: T): T & Required<Page> {
  const { offset = 0, limit = DEFAULT_PAGE } = query
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new HufuError('InvalidParameter', `expected an offset of 0 or more, received ${offset}`)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw new HufuError('InvalidParameter', `expected a limit of 1 to ${MAX_PAGE}, received ${limit}`)
  return { ...query, offset, limit }
}

/** The keys of a batch: 1 to 100, each once. */
export function checkBatch(keyIds: readonly string[]): readonly string[] {
  if (keyIds.length < 1 || keyIds.length > MAX_BATCH)
    throw new HufuError('InvalidParameter', `expected 1 to ${MAX_BATCH} keys, received ${keyIds.length}`)
  if (new Set(keyIds).size !== keyIds.length) throw new HufuError('DuplicateKeyId', 'expected each key once')
  return keyIds
}

const DATA_KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/

export function checkDataKeyName(name: string): string {
  if (DATA_KEY_NAME.test(name)) return name
  throw new HufuError(
    'InvalidDataKeyName',
    `expected 1 to 60 letters, digits, "-" and "_", the first a letter or digit, received ${JSON.stringify(name.slice(0, 100))}`,
  )
}

export function checkDataKeyDescription(description: string): string {
  const size = Buffer.byteLength(description)
  if (size <= 100) return description
  throw new HufuError('InvalidParameter', `expected a description of at most 100 bytes, received ${size}`)
}

export function deletionWindow(days = 30): number {
  if (Number.isInteger(days) && days >= 7 && days <= 30) return days
  throw new HufuError('InvalidPendingWindow', `expected a window of 7 to 30 days, received ${days}`)
}

export function rotationPeriod(days = 365): number {
  if (Number.isInteger(days) && days >= 7 && days <= 365) return days
  throw new HufuError('InvalidParameter', `expected a rotation period of 7 to 365 days, received ${days}`)
}

/** Tencent's latest time, in milliseconds. */
const LATEST_EXPIRY = 2_147_443_200_000

/** When imported material ends; null when never. */
export function checkExpiry(validTo: number | undefined, now: number): number | null {
  if (validTo === undefined) return null
  if (Number.isSafeInteger(validTo) && validTo > now && validTo <= LATEST_EXPIRY) return validTo
  throw new HufuError('InvalidParameter', `expected a time from now to ${LATEST_EXPIRY} ms, received ${validTo}`)
}

export function checkTags(tags: KeyTagSet): KeyTagSet {
  const entries = Object.entries(tags)
  if (entries.length > MAX_TAGS)
    throw new HufuError('InvalidTag', `expected at most ${MAX_TAGS} tags, received ${entries.length}`)
  for (const [name, value] of entries)
    if (name.length < 1 || name.length > 128 || value.length > 256)
      throw new HufuError(
        'InvalidTag',
        `expected a tag name of 1 to 128 characters and a value of up to 256, received ${name}`,
      )
  return tags
}

export function checkBinding(binding: ResourceBinding): ResourceBinding {
  for (const part of [binding.product, binding.resource])
    if (part.length < 1 || part.length > 256)
      throw new HufuError(
        'InvalidParameter',
        `expected a product and a resource of 1 to 256 characters, received ${part.length}`,
      )
  return binding
}
