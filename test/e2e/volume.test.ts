import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Hufu, type Output } from './support/hufu.ts'

// Each test is several processes that start, one after the other.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const work = mkdtempSync(join(tmpdir(), 'hufu-e2e-volume-'))
const [backing, mountpoint] = [join(work, 'backing'), join(work, 'mnt')]
const file = join(mountpoint, 'letter')
const bin = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'packages', 'cli', 'bin')
const command = join(bin, 'hufu.js')
/** What mount(8) runs for a line of fstab. */
const helper = join(bin, 'mount.hufu.js')
let hufu: Hufu

beforeAll(async () => {
  hufu = await Hufu.start()
  mkdirSync(mountpoint)
  await ok('key', 'create', '--alias', 'volume')
})
afterAll(async () => {
  await hufu?.hufu('umount', '--lazy', mountpoint)
  await hufu?.[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

async function ok(...args: string[]): Promise<Output> {
  const output = await hufu.hufu(...args)
  expect(`${output.code} ${output.code === 0 ? '' : output.stderr}`.trim()).toBe('0')
  return output
}
const serverOf = (path: string) =>
  Number(execFileSync('pgrep', ['-f', `mount --foreground .*${path}`], { encoding: 'utf8' }).split('\n')[0])

describe('an encrypted volume', () => {
  it('is made and mounted under a key of the running system, and keeps a file', async () => {
    const { stdout } = await ok('volume', 'init', backing, '-k', 'alias/volume', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      suite: 'AES-256-GCM',
      blockSize: 4096,
      recipients: [expect.stringContaining(':key/')],
    })
    const { stderr } = await ok('mount', backing, mountpoint)
    const [, log = ''] = /its log is (.+)/.exec(stderr) ?? []
    expect(readFileSync(log, 'utf8')).toBe('')
    writeFileSync(file, 'open in case of war')
    await ok('umount', mountpoint)
    await vi.waitFor(() => expect(existsSync(dirname(log))).toBe(false), { timeout: 30_000 })
    expect(() => readFileSync(file)).toThrow('ENOENT')
    await ok('mount', backing, mountpoint)
    expect(readFileSync(file, 'utf8')).toBe('open in case of war')
  })

  it('is refused in an older state when it was made with integrity, until that is accepted', async () => {
    const [directory, place, copy] = [join(work, 'known'), join(work, 'known mnt'), join(work, 'known copy')]
    const anchors = ['--anchors', join(work, 'anchors')]
    mkdirSync(place)
    const { stdout } = await ok('volume', 'init', directory, '-k', 'alias/volume', '--integrity', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ integrity: true })
    cpSync(directory, copy, { recursive: true })
    await ok('mount', directory, place, ...anchors)
    await ok('umount', place)
    rmSync(directory, { recursive: true })
    cpSync(copy, directory, { recursive: true })
    const { code, stderr } = await hufu.hufu('mount', directory, place, ...anchors)
    expect(code).not.toBe(0)
    expect(stderr).toContain('older state')
    expect(stderr).toContain('hufu volume check --accept')
    expect((await hufu.hufu('volume', 'check', directory, ...anchors)).code).toBe(7)
    await ok('volume', 'check', directory, '--accept', ...anchors)
    await ok('mount', directory, place, ...anchors)
    await ok('umount', place)
  })

  it('is refused a second mount', async () => {
    const other = join(work, 'other')
    mkdirSync(other)
    const { code, stderr } = await hufu.hufu('mount', backing, other)
    expect(code).not.toBe(0)
    expect(stderr).toContain('mounted elsewhere')
  })

  it('closes while its key is disabled, and opens when it is enabled', async () => {
    await ok('key', 'disable', 'alias/volume')
    await vi.waitFor(() => expect(() => readFileSync(file)).toThrow('EACCES'), { timeout: 30_000 })
    await ok('key', 'enable', 'alias/volume')
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toBe('open in case of war'), { timeout: 30_000 })
  })

  it('is cleared and mounted again when its server was killed, with what was synced', async () => {
    writeFileSync(join(mountpoint, 'kept'), 'synced', { flush: true })
    process.kill(serverOf(mountpoint), 'SIGKILL')
    await vi.waitFor(() => expect(() => readFileSync(file)).toThrow(/ENOTCONN|ECONNABORTED/), { timeout: 30_000 })
    const { code, stderr } = await hufu.hufu('mount', backing, mountpoint)
    expect(code).toBe(6)
    expect(stderr).toMatch(/mount(ed)? .*here.*\nhint: unmount it first: hufu umount/)
    await ok('umount', mountpoint)
    await ok('mount', backing, mountpoint)
    expect(readFileSync(join(mountpoint, 'kept'), 'utf8')).toBe('synced')
  })

  it('is checked while it is mounted, and says what is bad', async () => {
    expect(JSON.parse((await ok('volume', 'check', backing, '--json')).stdout)).toMatchObject({
      files: 2,
      findings: [],
    })
    const victim = readdirSync(backing).find((name) => !name.startsWith('hufu.')) ?? ''
    const bytes = readFileSync(join(backing, victim))
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(join(backing, victim), bytes)
    const { code, stdout } = await hufu.hufu('volume', 'check', backing)
    expect(code).toBe(7)
    expect(stdout).toContain(victim)
    const repair = await hufu.hufu('volume', 'check', backing, '--repair')
    expect([repair.code, repair.stderr]).toEqual([6, expect.stringContaining('it is mounted')])
    await ok('umount', mountpoint)
    expect((await ok('volume', 'check', backing, '--repair')).stdout).toContain('repaired block')
    await ok('volume', 'check', backing)
    await ok('mount', backing, mountpoint)
  })

  it('shows on a terminal how far its check is, and wipes that', async () => {
    const words = [process.execPath, command, 'volume', 'check', backing, '--data', hufu.data].map(
      (word) => `'${word}'`,
    )
    const shown = execFileSync('script', ['-qec', words.join(' '), '/dev/null'], { encoding: 'utf8' })
    expect(shown.replaceAll('\x1b[K', '<wiped>').replace(/\s+/g, ' ')).toMatch(
      /^( checking \d+ MiB \d+ MiB\/s<wiped>)+ <wiped>volumeId .* found 0 $/,
    )
    expect((await ok('volume', 'check', backing)).stderr).toBe('')
  })

  it('is recovered with a copy of its header', async () => {
    const [header, copy] = [join(backing, 'hufu.volume'), join(work, 'copy')]
    copyFileSync(header, copy)
    await ok('umount', mountpoint)
    writeFileSync(header, 'broken')
    expect((await hufu.hufu('mount', backing, mountpoint)).stderr).toContain('put back a copy of hufu.volume')
    await ok('volume', 'recover', backing, '--header', copy)
    await ok('mount', backing, mountpoint)
    expect((await hufu.hufu('volume', 'recover', backing, '--header', copy)).stderr).toContain('nothing to recover')
  })

  it('tells in its info where it is mounted, and on what lease', async () => {
    const { stdout } = await ok('volume', 'info', backing, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ mountpoint, lease: 'held', server: serverOf(mountpoint) })
    await ok('umount', mountpoint)
    expect(JSON.parse((await ok('volume', 'info', backing, '--json')).stdout)).not.toHaveProperty('mountpoint')
  })

  it('is mounted by the helper of mount(8), and unmounts itself when it is idle', async () => {
    const options = `ro,nofail,x-systemd.automount,data=${hufu.data},idle=15`
    execFileSync(process.execPath, [helper, backing, mountpoint, '-o', options], { stdio: 'pipe' })
    expect(() => writeFileSync(file, 'x')).toThrow('EROFS')
    await vi.waitFor(() => expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(mountpoint), {
      timeout: 60_000,
    })
    expect(() => execFileSync(process.execPath, [helper, backing, mountpoint, '-o', 'odd'], { stdio: 'pipe' })).toThrow(
      /unknown option.*--odd/,
    )
    await ok('mount', backing, mountpoint)
  })

  it('is what a copy of a plain directory is that is shown encrypted', async () => {
    const [plain, shown, copy] = ['plain', 'shown', 'backup'].map((name) => join(work, name)) as [
      string,
      string,
      string,
    ]
    mkdirSync(plain)
    mkdirSync(shown)
    writeFileSync(join(plain, 'letter'), 'to be kept')
    await ok('volume', 'init', '--reverse', plain, '-k', 'alias/volume')
    expect(JSON.parse((await ok('volume', 'info', plain, '--json')).stdout)).toMatchObject({ suite: 'AES-256-GCM' })
    try {
      await ok('mount', '--reverse', plain, shown)
      execFileSync('cp', ['-a', shown, copy])
    } finally {
      await hufu.hufu('umount', '--lazy', shown)
    }
    await ok('volume', 'check', copy)
    // Its header is lost, put back from the backup, and it is shown by a line of fstab.
    writeFileSync(join(plain, '.hufu.volume'), 'broken')
    expect((await hufu.hufu('mount', '--reverse', plain, shown)).stderr).toContain('put back a copy of hufu.volume')
    await ok('volume', 'recover', '--reverse', plain, '--header', join(copy, 'hufu.volume'))
    try {
      execFileSync(process.execPath, [helper, plain, shown, '-o', `reverse,nofail,data=${hufu.data}`], {
        stdio: 'pipe',
      })
      execFileSync('diff', ['-r', '--no-dereference', shown, copy])
    } finally {
      await hufu.hufu('umount', '--lazy', shown)
    }
    await ok('umount', mountpoint)
    await ok('mount', copy, mountpoint)
    expect(readFileSync(file, 'utf8')).toBe('to be kept')
    await ok('umount', mountpoint)
    await ok('mount', backing, mountpoint)
  })

  it('says what is wrong', async () => {
    mkdirSync(join(work, 'empty'))
    const cases = [
      [['mount', join(work, 'other'), join(work, 'empty')], 'no volume here'],
      [['mount', backing, join(work, 'absent')], 'ENOENT'],
      [['umount', join(work, 'other')], 'nothing is mounted'],
      [['volume', 'init', backing, '-k', 'alias/volume'], 'a volume is here already'],
    ] as const
    for (const [args, told] of cases) {
      const { code, stderr } = await hufu.hufu(...args)
      expect(code).not.toBe(0)
      expect(stderr).toContain(told)
      expect(stderr).toContain('hint:')
    }
  })
})
