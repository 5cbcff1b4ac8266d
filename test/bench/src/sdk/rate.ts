/** Runs of which the fastest counts: what else the machine does only ever slows a run down. */
const RUNS = 3

/** Units of work a second, in the fastest of several runs of at least so many milliseconds. */
export async function rate(milliseconds: number, work: () => Promise<number> | number): Promise<number> {
  await work()
  let best = 0
  for (let run = 0; run < RUNS; run++) best = Math.max(best, await once(milliseconds, work))
  return best
}

async function once(milliseconds: number, work: () => Promise<number> | number): Promise<number> {
  const start = performance.now()
  let units = 0
  let elapsed = 0
  while (elapsed < milliseconds) {
    units += await work()
    elapsed = performance.now() - start
  }
  return (units / elapsed) * 1000
}
