import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkVolume } from '../src/index.ts'
import { type Served, served } from './support/served.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'

const exec = promisify(execFile)
const churn = fileURLToPath(new URL('./support/churn.py', import.meta.url))
/** Of each process: HUFU_CHURN_OPERATIONS=100000 for a soak. */
const OPERATIONS = Number(process.env.HUFU_CHURN_OPERATIONS ?? 1000)

let volume: Served
beforeEach(() => {
  volume = served()
})
afterEach(() => volume[Symbol.asyncDispose]())

describe.each([false, true])('processes that change the same files, integrity %s', (integrity) => {
  it('never meet a file that can not be read: removed, renamed over and cut while others open it', {
    timeout: 120_000 + OPERATIONS * 60,
  }, async () => {
    await volume.start({}, { integrity })
    mkdirSync(join(volume.path, 'shared'))
    const processes = [1, 2, 3, 4].map((seed) =>
      exec('python3', [churn, `dir ${seed}`, String(seed), String(OPERATIONS)], { cwd: volume.path }),
    )
    await Promise.all(processes)
    await volume.stop()
    expect(volume.log).toEqual([])
    const { findings } = await checkVolume({ directory: volume.backing, services: [unsafeOpenService] })
    expect(findings).toEqual([])
  })
})
