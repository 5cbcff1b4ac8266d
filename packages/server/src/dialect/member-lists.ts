/** `{ Tags: { member: { 1: a, 2: b } } }`, as the query protocol writes lists, is `{ Tags: [a, b] }`. */
export function memberLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(memberLists)
  const entries = Object.entries(value)
  const [only] = entries
  if (entries.length === 1 && only?.[0] === 'member') return members(only[1])
  return Object.fromEntries(entries.map(([name, inner]) => [name, memberLists(inner)]))
}

/** Their numbers count from 1, without a gap; anything else stays what no schema takes. */
function members(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { member: value }
  const items = Object.entries(value)
  const counted = items.every((_, index) => Object.hasOwn(value, String(index + 1)))
  return counted
    ? items.map((_, index) => memberLists((value as Record<string, unknown>)[String(index + 1)]))
    : { member: value }
}
