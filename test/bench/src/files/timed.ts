import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

export interface Timed {
  readonly seconds: number
  /** Seconds of processor time, of all cores. */
  readonly processor: number
}

/** Runs a command to its end. Throws when it fails, or is not installed. */
export async function timed([file = '', ...args]: readonly string[]): Promise<Timed> {
  const before = childrenTime()
  const start = performance.now()
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit').catch((cause) => {
    throw new Error(`expected ${file} to be installed, which this is measured against`, { cause })
  })
  const seconds = (performance.now() - start) / 1000
  if (code !== 0) throw new Error(`${file} ${args[0]} ended with ${code}`)
  return { seconds, processor: childrenTime() - before }
}

/** Seconds of processor time of the children that have ended: proc(5), fields cutime and cstime, in hundredths. */
function childrenTime(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}
