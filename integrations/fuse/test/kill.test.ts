import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mountVolume } from '../src/index.ts'
import { type Faults, faults } from './support/faults.ts'
import { type Served, served } from './support/served.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'

/** Each takes about a second: HUFU_KILL_ROUNDS=400 for a soak. */
const ROUNDS = Number(process.env.HUFU_KILL_ROUNDS ?? 5)
const writer = fileURLToPath(new URL('./support/writer.py', import.meta.url))

let volume: Served
let fault: Faults
/** Mounts in this process, as the next one to do so, and unmounts again. */
async function remounted<T>(look: () => T): Promise<T> {
  const log: string[] = []
  const { backing: directory, path: mountpoint } = volume
  const onLog = (line: string) => log.push(line)
  const mounted = await mountVolume({ directory, mountpoint, services: [unsafeOpenService], onLog })
  try {
    return look()
  } finally {
    mounted.unmount(true)
    await mounted.ended
    expect(log.filter((line) => line.startsWith('damaged'))).toEqual([])
  }
}

/** Writes at the mount until the server is killed, after so many synced lines: the last one that was synced of each worker. */
async function writeUntilKilled(round: number, lines: number): Promise<Map<string, number>> {
  const synced = new Map<string, number>()
  let seen = 0
  const killed = new Promise<void>((resolve) => {
    const writers = ['a', 'b', 'c'].map((name) => {
      const child = spawn('python3', [writer, volume.path, name, String(round)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      createInterface(child.stdout).on('line', (line) => {
        synced.set(name, Number(line))
        if (++seen === lines)
          void volume
            .stop('SIGKILL')
            .then(kill)
            .then(() => Promise.all(ended))
            .then(() => resolve())
      })
      return child
    })
    const kill = () => writers.map((child) => child.kill('SIGKILL'))
    const ended = writers.map((child) => once(child, 'close'))
  })
  await killed
  return synced
}

/** A page is what one write had put there, followed by zeros where the file was cut. */
const isWhole = (page: Buffer): boolean => {
  const end = page.indexOf(0)
  const written = end < 0 ? page : page.subarray(0, end)
  return written.every((byte) => byte === page[0]) && page.subarray(written.length).every((byte) => byte === 0)
}

function checkAll(synced: Map<string, number>): void {
  for (const name of readdirSync(volume.path).filter((entry) => entry.startsWith('data.'))) {
    const bytes = readFileSync(join(volume.path, name))
    for (let at = 0; at < bytes.length; at += 4096)
      expect([name, at, isWhole(bytes.subarray(at, at + 4096))]).toEqual([name, at, true])
  }
  for (const [name, last] of synced)
    expect(readFileSync(join(volume.path, `log.${name}`), 'utf8').split('\n')).toContain(String(last))
}

describe.each([false, true])('a server that is killed, integrity %s', (integrity) => {
  beforeAll(() => {
    volume = served()
    fault = faults()
  })
  afterAll(async () => {
    await volume[Symbol.asyncDispose]()
    fault[Symbol.dispose]()
  })

  it(`leaves nothing unreadable and has all that was synced, ${ROUNDS} times under load`, {
    timeout: 60_000 + ROUNDS * 20_000,
  }, async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      await volume.start({}, { integrity })
      const synced = await writeUntilKilled(round, 5 + ((round * 37) % 150))
      await remounted(() => checkAll(synced))
    }
  })

  const old = Buffer.alloc(20_000, 1)
  const changed = Buffer.concat([Buffer.alloc(12_288, 2), old.subarray(12_288)])
  it.each([
    ['over blocks', 'tear', 'f.seek(0); f.write(b"\\2" * 12288)', changed],
    ['a part of one', 'tear', 'f.seek(100); f.write(b"\\2" * 100)', Buffer.from(old).fill(2, 100, 200)],
    ['behind the end', 'tear', 'f.seek(20000); f.write(b"\\2" * 12480)', Buffer.concat([old, Buffer.alloc(12_480, 2)])],
    ['when it is cut', 'tear', 'f.truncate(5000)', old.subarray(0, 5000)],
    ['when it is cut, before the rest is gone', 'tear-before-truncate', 'f.truncate(5000)', old.subarray(0, 5000)],
  ] as const)('leaves a block that it was writing old or new: %s', async (_, kind, change, expected) => {
    const file = join(volume.path, 'torn')
    await remounted(() => writeFileSync(file, old, { flush: true }))
    fault.set(null)
    await volume.start(fault.env(volume.backing), { integrity })
    fault.set(kind)
    const script = `f = open("torn", "r+b", buffering=0)\n${change}\nimport os; os.fsync(f.fileno())`
    const child = spawn('python3', ['-c', script], { cwd: volume.path, stdio: 'ignore' })
    const ended = once(child, 'close')
    await volume.died()
    await ended
    await remounted(() => expect(readFileSync(file).equals(expected)).toBe(true))
  })

  it('has forged and old records ignored', async () => {
    const [journal, kept] = [join(volume.backing, 'hufu.journal'), join(volume.backing, '..', 'journal')]
    const file = join(volume.path, 'forged')
    await remounted(() => writeFileSync(file, Buffer.alloc(20_000, 1), { flush: true }))
    fault.set(null)
    await volume.start(fault.env(volume.backing), { integrity })
    fault.set('tear')
    const child = spawn('python3', ['-c', 'f = open("forged", "r+b"); f.write(b"\\2" * 8192); f.close()'], {
      cwd: volume.path,
      stdio: 'ignore',
    })
    const ended = once(child, 'close')
    await volume.died()
    await ended
    copyFileSync(journal, kept)
    await remounted(() => expect(readFileSync(file)[0]).toBe(2))
    expect(existsSync(journal)).toBe(false)
    await remounted(() => writeFileSync(file, Buffer.alloc(20_000, 3), { flush: true })) // with another file id
    const bytes = readFileSync(kept)
    for (const forge of [() => {}, () => bytes.writeUInt32BE(1, 8), () => bytes.fill(0xff), () => bytes.fill(0, 100)]) {
      forge()
      writeFileSync(journal, bytes)
      await remounted(() => expect(readFileSync(file).equals(Buffer.alloc(20_000, 3))).toBe(true))
    }
  })
})
