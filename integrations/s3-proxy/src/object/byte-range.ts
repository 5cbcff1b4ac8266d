import type { Span } from '../stream/read-plan.ts'

/** A range as asked for: from a first byte, or the last so many. */
export type ByteRange = { readonly first: number; readonly last: number | null } | { readonly suffix: number }

/**
 * Reads a Range header. Null when the whole object is to be answered: there is none, it is malformed, of another
 * unit, or asks for several ranges, all of which S3 ignores (RFC 9110, section 14.2).
 */
export function parseRange(text: string | undefined): ByteRange | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return null
  if (first === '') return { suffix: bounded(last) }
  const range = { first: bounded(first), last: last === '' ? null : bounded(last) }
  return range.last !== null && range.last < range.first ? null : range
}

/** The bytes that the range takes of so many; null when it takes none, which is `InvalidRange`. */
export function resolveRange(range: ByteRange, size: number): Span | null {
  if ('suffix' in range)
    return range.suffix === 0 || size === 0 ? null : { start: Math.max(0, size - range.suffix), end: size }
  if (range.first >= size) return null
  return { start: range.first, end: Math.min(size, (range.last ?? size - 1) + 1) }
}

/** No object is larger than 2^50 bytes, so nothing is lost. */
const bounded = (digits: string): number => Math.min(Number(digits), 2 ** 50)
