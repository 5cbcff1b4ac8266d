import { S3Error } from '../error.ts'
import type { StoredRange } from './object-store.ts'

/** The bytes [start, end) that the range takes of an object of this size. Throws `InvalidRange` when it starts at its end or beyond. */
export function storedSpan(
  range: StoredRange | undefined,
  size: number,
): { readonly start: number; readonly end: number } {
  if (range === undefined) return { start: 0, end: size }
  if ('suffix' in range) return { start: Math.max(0, size - range.suffix), end: size }
  if (range.start >= size) throw new S3Error('InvalidRange', 'the range starts beyond the end of the stored object')
  return { start: range.start, end: Math.min(range.end ?? size, size) }
}
