import type { Measured } from '../area.ts'

/** The middle of each value of the rounds; a ratio is what has `_over_` in its name. */
export function medians(rounds: readonly Record<string, number>[]): Measured {
  const middle = (name: string): number =>
    rounds.map((values) => values[name] ?? Number.NaN).sort((a, b) => a - b)[rounds.length >> 1] ?? Number.NaN
  const all = Object.keys(rounds[0] ?? {}).map((name): [string, number] => [name, middle(name)])
  return {
    ratios: Object.fromEntries(all.filter(([name]) => name.includes('_over_'))),
    figures: Object.fromEntries(all.filter(([name]) => !name.includes('_over_'))),
  }
}
