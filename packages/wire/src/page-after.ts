/** Where a page of a list begins. */
export interface PlaceInList {
  /** The key of the last row of the page before; absent on the first. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface PageOfRows<T> {
  readonly page: readonly T[]
  /** The key that the next page comes after; null on the last. */
  readonly next: string | null
}

/**
 * A page of rows that are all in memory, in the order of their keys (by UTF-16 code units). A row's key is its own
 * and never changes: so what is deleted or made between two pages neither hides nor repeats any other row.
 */
export function pageAfter<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  { after, limit }: PlaceInList,
  order: 'upwards' | 'downwards' = 'upwards',
): PageOfRows<T> {
  const sign = order === 'upwards' ? 1 : -1
  const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -sign : sign)
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }))
  const left = after === undefined ? keyed : keyed.filter(({ key }) => compare(key, after) > 0)
  left.sort((a, b) => compare(a.key, b.key))
  const { page, next } = pageOfFound(left, ({ key }) => key, limit)
  return { page: page.map(({ row }) => row), next }
}

/** The page of rows in their order, of which at least one more than fit were looked for: that there is one tells that it goes on. */
export function pageOfFound<T>(found: readonly T[], keyOf: (row: T) => string, limit: number): PageOfRows<T> {
  const page = found.slice(0, limit)
  const last = found.length > limit ? page.at(-1) : undefined
  return { page, next: last === undefined ? null : keyOf(last) }
}

/** A count or a time as a key: in the order of its text is in the order of its number. */
export const orderedNumber = (value: number): string => String(value).padStart(16, '0')
