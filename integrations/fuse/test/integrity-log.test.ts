import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkVolume } from '../src/index.ts'
import { type Faults, faults } from './support/faults.ts'
import { type Served, served } from './support/served.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'

const exec = promisify(execFile)
const churn = fileURLToPath(new URL('./support/churn.py', import.meta.url))
/** Far less than a volume's 64 MiB, so that the log is written anew every few hundred changes. */
const LOG_BYTES = 20_000

let volume: Served
let fault: Faults
beforeAll(() => {
  fault = faults()
})
afterAll(() => fault[Symbol.dispose]())
beforeEach(() => {
  volume = served()
  fault.set(null)
})
afterEach(() => volume[Symbol.asyncDispose]())

// Each starts several servers.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const start = () =>
  volume.start({ ...fault.env(volume.backing), HUFU_INTEGRITY_LOG_BYTES: String(LOG_BYTES) }, { integrity: true })
const log = () => join(volume.backing, 'hufu.integrity')
const identity = () => {
  const { ino, birthtimeNs } = statSync(log(), { bigint: true })
  return `${ino} ${birthtimeNs}`
}
const damaged = () => volume.log.filter((line) => line.startsWith('damaged'))
const findings = async () => (await checkVolume({ directory: volume.backing, services: [unsafeOpenService] })).findings

describe('the log of a volume with integrity', () => {
  it('is written anew when it has grown, while processes change the volume, and tells the same', async () => {
    await start()
    mkdirSync(join(volume.path, 'shared'))
    const first = identity()
    const processes = [1, 2].map((seed) =>
      exec('python3', [churn, `dir ${seed}`, String(seed), '1000'], { cwd: volume.path }),
    )
    await Promise.all(processes)
    expect(identity()).not.toBe(first)
    await volume.stop()
    expect(await findings()).toEqual([])
    expect(volume.log).toEqual([])
  })

  it.each(['kill-before-log', 'kill-behind-log'] as const)(
    'is whole when the server is killed while it is written anew: %s',
    async (kind) => {
      await start()
      mkdirSync(join(volume.path, 'shared'))
      for (let i = 0; i < 50; i++) writeFileSync(join(volume.path, `kept ${i}`), `content ${i}`, { flush: true })
      fault.set(kind, 2)
      const workers: ChildProcess[] = [1, 2].map((seed) =>
        spawn('python3', [churn, `dir ${seed}`, String(seed), '0'], { cwd: volume.path, stdio: 'ignore' }),
      )
      const ended = workers.map((worker) => once(worker, 'exit'))
      await volume.died()
      for (const worker of workers) worker.kill('SIGKILL')
      await Promise.all(ended)
      expect(existsSync(join(volume.backing, 'hufu.new.integrity'))).toBe(kind === 'kill-before-log')
      fault.set(null)
      await start()
      expect(existsSync(join(volume.backing, 'hufu.new.integrity'))).toBe(false)
      for (let i = 0; i < 50; i++) expect(readFileSync(join(volume.path, `kept ${i}`), 'utf8')).toBe(`content ${i}`)
      for (const name of readdirSync(volume.path)) statSync(join(volume.path, name))
      await volume.stop()
      expect((await findings()).filter(({ kind }) => kind !== 'leftover')).toEqual([])
      expect(damaged()).toEqual([])
    },
  )
})

describe('the lock of a volume', () => {
  it('is waited for while it is taken for a moment, as by a check that looks whether it is mounted', async () => {
    await start()
    await volume.stop()
    fault.set('lock')
    await start()
    writeFileSync(join(volume.path, 'file'), 'x')
  })
})
