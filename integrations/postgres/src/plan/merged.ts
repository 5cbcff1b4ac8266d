import type { Flow, Merge, Range, Scope } from './scope.ts'

interface Item {
  readonly range: Range
  readonly flow: Flow
}

/** What `*` stands for, in the server's order. Every range's columns must be known. */
export function everyColumn({ ranges, merges }: Pick<Scope, 'ranges' | 'merges'>): readonly Flow[] {
  const all = ranges.flatMap((range) => (range.flows ?? []).map((flow) => ({ range, flow })))
  return merges.reduce<readonly Item[]>(merged, all).map(({ flow }) => flow)
}

/** One join: its merged columns, then the rest of its left side and of its right side, in the place of both. */
function merged(items: readonly Item[], { names, left, right }: Merge): readonly Item[] {
  const sides = [left, right].map((side) => items.filter(({ range }) => side.includes(range)))
  const first = items.findIndex(({ range }) => left.includes(range) || right.includes(range))
  const once = names.flatMap((name) => sides.flat().find(({ flow }) => flow.name === name) ?? [])
  const rest = sides.flat().filter(({ flow }) => !names.includes(flow.name))
  const others = items.filter((item) => !sides.flat().includes(item))
  return [...others.slice(0, Math.max(first, 0)), ...once, ...rest, ...others.slice(Math.max(first, 0))]
}
