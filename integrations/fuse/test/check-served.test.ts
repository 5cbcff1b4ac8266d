import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkVolume } from '../src/index.ts'
import { nativeVolume } from '../src/mount/native.ts'
import { type Served, served } from './support/served.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'

const churn = fileURLToPath(new URL('./support/churn.py', import.meta.url))
/** How often a volume that changes is checked: HUFU_CHECK_ROUNDS=100 for a soak. */
const ROUNDS = Number(process.env.HUFU_CHECK_ROUNDS ?? 3)
vi.setConfig({ testTimeout: 240_000 + ROUNDS * 10_000, hookTimeout: 120_000 })

let volume: Served
let workers: ChildProcess[] = []
beforeEach(() => {
  volume = served()
})
afterEach(async () => {
  await stopWorkers()
  await volume[Symbol.asyncDispose]()
})

async function stopWorkers(): Promise<void> {
  const ended = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  await Promise.all(
    ended.map((worker) => {
      const exit = once(worker, 'exit')
      worker.kill('SIGKILL')
      return exit
    }),
  )
  workers = []
}

const findings = async () => (await checkVolume({ directory: volume.backing, services: [unsafeOpenService] })).findings

/** Changes a bit of a file of the store, of which nobody holds a page. */
function flip(path: string, position: number): void {
  const fd = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(fd, byte, 0, 1, position)
  writeSync(fd, Buffer.of(byte.readUInt8() ^ 1), 0, 1, position)
  closeSync(fd)
}

function backingOf(name: string): string {
  const { ino } = lstatSync(join(volume.path, name))
  return join(
    volume.backing,
    readdirSync(volume.backing).find((each) => lstatSync(join(volume.backing, each)).ino === ino) ?? '',
  )
}

/** A volume that two processes change all the time. */
async function changing(integrity: boolean): Promise<void> {
  await volume.start({}, { integrity })
  mkdirSync(join(volume.path, 'shared'))
  writeFileSync(join(volume.path, 'victim'), Buffer.alloc(20_000, 1), { flush: true })
  workers = [1, 2].map((seed) =>
    spawn('python3', [churn, `dir ${seed}`, String(seed), '0'], { cwd: volume.path, stdio: 'inherit' }),
  )
}

async function expectQuiet(): Promise<void> {
  for (let i = 0; i < ROUNDS; i++) expect(await findings()).toEqual([])
  // They never met EIO, and changed it all the time.
  expect(workers.map(({ exitCode }) => exitCode)).toEqual([null, null])
}

describe('a volume that is checked while it changes', () => {
  it('has nothing found that is not wrong', async () => {
    await changing(false)
    await expectQuiet()
    await stopWorkers()
    await volume.stop()
    expect(await findings()).toEqual([])
  })

  it('has nothing found that is not wrong, and what is, with integrity', async () => {
    await changing(true)
    await expectQuiet()
    flip(backingOf('victim'), 5000)
    expect(await findings()).toMatchObject([{ kind: 'block', path: 'victim' }])
    await stopWorkers()
    await volume.stop()
    expect(await findings()).toMatchObject([{ kind: 'block', path: 'victim' }])
    expect(volume.log.filter((line) => line.startsWith('damaged'))).toEqual([])
  })

  it('may be mounted after the check began', async () => {
    await volume.start()
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) writeFileSync(join(volume.path, name), Buffer.alloc(20_000, 1), { flush: true })
    const files = names.map(backingOf)
    await volume.stop()
    const { lock, unlock } = nativeVolume()
    let held = -1
    const onProgress = () => {
      if (held >= 0) return
      held = lock(volume.backing)
      // As a write in the midst of it leaves the blocks, for a moment.
      for (const file of files) flip(file, 5000)
      setTimeout(() => files.map((file) => flip(file, 5000)), 300)
    }
    const { findings, files: count } = await checkVolume({
      directory: volume.backing,
      services: [unsafeOpenService],
      jobs: 1,
      onProgress,
    })
    unlock(held)
    expect([held >= 0, findings, count]).toEqual([true, [], 4])
  })
})
