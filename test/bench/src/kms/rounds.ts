import type { Load } from './load.ts'

type Loads<Name extends string> = Record<Name, Load>

/**
 * What every peer does under load: all of them in turn, round after round, so that what else the machine does in the
 * meantime meets all alike. Rates are the mean of the rounds, latencies their median. The first round is not counted.
 */
export async function interleaved<Name extends string>(
  peers: Readonly<Record<Name, () => Promise<Load>>>,
  rounds: number,
): Promise<Loads<Name>> {
  const names = Object.keys(peers) as Name[]
  const all: Loads<Name>[] = []
  for (let round = 0; round <= rounds; round++) {
    const loads: Partial<Loads<Name>> = {}
    for (const name of names) loads[name] = await peers[name]()
    if (round > 0) all.push(loads as Loads<Name>)
  }
  const summed = (name: Name): Load => ({
    perSecond: all.reduce((sum, loads) => sum + loads[name].perSecond, 0) / rounds,
    p50: median(all.map((loads) => loads[name].p50)),
    p99: median(all.map((loads) => loads[name].p99)),
  })
  return Object.fromEntries(names.map((name) => [name, summed(name)])) as Loads<Name>
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
