import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Faults, faults } from './support/faults.ts'
import { type Served, served } from './support/served.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-boots-'))
let volume: Served
let fault: Faults
beforeAll(() => {
  fault = faults()
  for (const boot of ['1', '2']) writeFileSync(join(work, boot), boot.repeat(32))
})
afterAll(() => {
  fault[Symbol.dispose]()
  rmSync(work, { recursive: true })
})
beforeEach(() => {
  volume = served()
  fault.set(null)
})
afterEach(() => volume[Symbol.asyncDispose]())

const at = (name: string) => join(volume.path, name)
const start = (boot: '1' | '2' = '1') =>
  volume.start({ ...fault.env(volume.backing), HUFU_FAULT_BOOT: join(work, boot) }, { integrity: true })

function backingOf(name: string): string {
  const { ino } = lstatSync(at(name))
  const entry = readdirSync(volume.backing).find((each) => lstatSync(join(volume.backing, each)).ino === ino)
  return join(volume.backing, entry ?? '')
}

const [old, changed] = [Buffer.alloc(20_000, 1), Buffer.alloc(20_000, 2)]

/** Writes the file in two states, the second synced or not; then the first state of its backing file, kept apart. */
async function twoStates(name: string, flush: boolean): Promise<{ now: string; kept: string }> {
  writeFileSync(at(name), old, { flush: true })
  const [now, kept] = [backingOf(name), join(work, name)]
  copyFileSync(now, kept)
  const sync = flush ? '; import os; os.fsync(f.fileno())' : ''
  const script = `f = open("${name}", "r+b", buffering=0); f.write(b"\\2" * 20000)${sync}`
  const [code] = await once(spawn('python3', ['-c', script], { cwd: volume.path, stdio: 'inherit' }), 'close')
  expect(code).toBe(0)
  return { now, kept }
}

/** Each starts several servers. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

describe('a volume with integrity whose server was killed', () => {
  it('has older blocks found, and an older journal ignored', async () => {
    await start()
    writeFileSync(at('file'), old, { flush: true })
    await volume.stop()
    await start()
    const [now, kept, journal] = [backingOf('file'), join(work, 'kept'), join(volume.backing, 'hufu.journal')]
    fault.set('tear')
    const write = (byte: number) =>
      spawn(
        'python3',
        ['-c', `f = open("file", "r+b", buffering=0); f.write(b"\\${byte}" * 20000); import os; os.fsync(f.fileno())`],
        {
          cwd: volume.path,
          stdio: 'ignore',
        },
      )
    const first = once(write(2), 'close')
    await volume.died()
    await first
    copyFileSync(journal, join(work, 'journal'))
    fault.set(null)
    await start()
    expect(readFileSync(at('file')).equals(changed)).toBe(true)
    copyFileSync(now, kept)
    await once(write(3), 'close')
    await volume.stop('SIGKILL')
    copyFileSync(join(work, 'journal'), journal)
    await start()
    expect(readFileSync(at('file')).equals(Buffer.alloc(20_000, 3))).toBe(true)
    await volume.stop('SIGKILL')
    copyFileSync(kept, now)
    copyFileSync(join(work, 'journal'), journal)
    await start()
    expect(() => readFileSync(at('file'))).toThrow('EIO')
    expect(existsSync(journal)).toBe(true) // of this mount
  })

  it.each([true, false])('keeps all entries and contents, whether the machine ended too: %s', async (ended) => {
    await start('1')
    for (const name of ['a', 'b', 'c']) writeFileSync(at(name), name.repeat(9000))
    await volume.stop('SIGTERM')
    await start('1')
    for (const name of ['c', 'd']) writeFileSync(at(name), name.repeat(5000), { flush: true })
    rmSync(at('a'))
    await volume.stop('SIGKILL')
    await start(ended ? '2' : '1')
    expect(readdirSync(volume.path).sort()).toEqual(['b', 'c', 'd'])
    expect(readFileSync(at('b'), 'utf8')).toBe('b'.repeat(9000))
    for (const name of ['c', 'd']) expect(readFileSync(at(name), 'utf8')).toBe(name.repeat(5000))
    for (const name of ['a', 'b']) writeFileSync(at(name), 'again')
    await volume.stop()
    await start(ended ? '2' : '1')
    expect(readdirSync(volume.path).sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(volume.log.filter((line) => line.startsWith('damaged'))).toEqual([])
  })
})

describe('a volume with integrity whose machine ended', () => {
  it('has what was synced exact, and takes the rest as it is, once', async () => {
    await start('1')
    const synced = await twoStates('synced', true)
    const lost = await twoStates('lost', false)
    await volume.stop('SIGKILL')
    copyFileSync(lost.kept, lost.now)
    await start('2')
    expect(readFileSync(at('lost')).equals(old)).toBe(true)
    expect(readFileSync(at('synced')).equals(changed)).toBe(true)
    await volume.stop()
    await start('2')
    const again = await twoStates('lost', true)
    await volume.stop()
    copyFileSync(again.kept, again.now)
    copyFileSync(synced.kept, synced.now)
    await start('2')
    for (const name of ['lost', 'synced']) expect(() => readFileSync(at(name))).toThrow('EIO')
  })
})
