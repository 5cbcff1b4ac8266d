import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Hufu, hufuRegion } from '@hufu/sdk'
import type { Served } from '../kms/child.ts'

const serve = fileURLToPath(new URL('../kms/serve-hufu.js', import.meta.url))
const names = ['north', 'east', 'south']
const context = { bench: 'hung region' }
/** Calls that are under way at once. */
const AT_ONCE = 4

/** Milliseconds that 99 of 100 decryptions take at most, each of which asks a KMS. */
export interface HungRegion {
  readonly healthy: number
  /** While one of three regions does not answer: the worst of the three. */
  readonly hung: number
}

/** Three whole KMS in processes of their own, each of which is stopped for a while. */
export async function hungRegion(calls: number): Promise<HungRegion> {
  const work = mkdtempSync(join(tmpdir(), 'hufu-bench-regions-'))
  const children = names.map((name) => fork(serve, [join(work, name), 'on', '0']))
  try {
    const served = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0] as Served))
    return await measure(children, served, calls)
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
    rmSync(work, { recursive: true, force: true })
  }
}

async function measure(
  children: readonly ChildProcess[],
  served: readonly Served[],
  calls: number,
): Promise<HungRegion> {
  const regions = served.map(({ url: endpoint, ...credentials }, i) =>
    hufuRegion({ name: names[i] ?? '', endpoint, region: 'local-1', credentials, events: false }),
  )
  try {
    using hufu = new Hufu({ regions, cache: { life: 0, lifeUnheard: 0 } })
    const keys = served.map(({ keyId }, i) => `${names[i]}:${keyId}`)
    const sealed = await hufu.encrypt('the order', { keys, context })
    const decrypt = () => hufu.decrypt(sealed, { context })
    await p99(calls, decrypt)
    const healthy = await p99(calls, decrypt)
    let hung = 0
    for (const child of children) {
      child.kill('SIGSTOP')
      hung = Math.max(hung, await p99(calls, decrypt))
      child.kill('SIGCONT')
      // What it was asked meanwhile it answers now, and is well again.
      await p99(calls, decrypt)
    }
    return { healthy, hung }
  } finally {
    await Promise.all(regions.map((region) => region.close()))
  }
}

async function p99(calls: number, call: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  const work = async (): Promise<void> => {
    while (times.length < calls) {
      const started = performance.now()
      await call()
      times.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
}
