import type { Measurement, Speeds } from './speeds.ts'

/**
 * The best of each place's rounds. The places take turns at every measurement, so that what else the machine does meets both alike, and
 * who begins changes from round to round.
 */
export function inTurns(
  places: readonly [string, string],
  measurements: readonly Measurement[],
  rounds: number,
  quick: boolean,
): readonly [Speeds, Speeds] {
  const found: [Record<string, number>, Record<string, number>] = [{}, {}]
  for (let round = 0; round < rounds; round++)
    for (const measure of measurements)
      for (const turn of [0, 1] as const) {
        const which = round % 2 === 0 ? turn : turn === 0 ? 1 : 0
        for (const [name, speed] of Object.entries(measure(places[which], quick)))
          found[which][name] = Math.max(found[which][name] ?? 0, speed)
      }
  return found
}
