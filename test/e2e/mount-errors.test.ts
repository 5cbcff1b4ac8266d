import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Hufu, type Output, run } from './support/hufu.ts'
import { withOwnMounts } from './support/own-mounts.ts'
import { startWithVolume } from './support/with-volume.ts'

// Each test is several processes that start, one after the other.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const work = mkdtempSync(join(tmpdir(), 'hufu-e2e-mount-'))
const [backing, mountpoint] = [join(work, 'backing'), join(work, 'mnt')]
const header = join(backing, 'hufu.volume')
const command = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'packages', 'cli', 'bin', 'hufu.js')
let hufu: Hufu

beforeAll(async () => {
  hufu = await startWithVolume(backing, mountpoint)
})
afterAll(async () => {
  await hufu?.hufu('umount', '--lazy', mountpoint)
  await hufu?.[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

const isMounted = () => readFileSync('/proc/self/mountinfo', 'utf8').includes(mountpoint)

/** It failed with that code, said so in one line and what to type in the next, and left nothing mounted. */
function expectRefusal({ code, stderr }: Output, exitCode: number, message: RegExp, hint: string): void {
  expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringMatching(message) })
  expect(stderr).toContain(`hint: ${hint}`)
  expect(stderr).not.toMatch(/^ {4}at /m)
  expect(isMounted()).toBe(false)
}

describe('hufu mount', () => {
  it.each([['in the background'], ['in the foreground', '--foreground']])(
    'says that the key is disabled, %s, and mounts when it is enabled',
    async (_, ...options) => {
      expect(await hufu.hufu('key', 'disable', 'alias/volume')).toMatchObject({ code: 0 })
      const refused = await hufu.hufu('mount', ...options, backing, mountpoint)
      expect(await hufu.hufu('key', 'enable', 'alias/volume')).toMatchObject({ code: 0 })
      expectRefusal(refused, 4, /disabled/, 'look at the key with: hufu key describe')
      expect(await hufu.hufu('mount', backing, mountpoint)).toMatchObject({ code: 0 })
      expect(await hufu.hufu('umount', mountpoint)).toMatchObject({ code: 0 })
    },
  )

  it('says that the KMS is not reached, and how to name it', async () => {
    const output = await hufu.hufu('mount', '--endpoint', 'http://127.0.0.1:1', backing, mountpoint)
    expectRefusal(output, 3, /127\.0\.0\.1:1\b/, 'start the KMS, or give --endpoint')
  })

  it('says that the volume is of a newer format, and changes nothing in it', async () => {
    const text = readFileSync(header, 'utf8')
    const newer = text.replace('"version":1', '"version":2')
    expect(newer).not.toBe(text)
    writeFileSync(header, newer)
    const output = await hufu.hufu('mount', backing, mountpoint)
    expect(readFileSync(header, 'utf8')).toBe(newer)
    writeFileSync(header, text)
    expectRefusal(output, 9, /expected version 1, received 2/, 'use a newer hufu')
  })

  it('says that this machine has no FUSE, and what to install', async () => {
    // A /dev of its own, with what a process needs and no fuse in it.
    const script = 'mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && exec "$@"'
    const mount = [process.execPath, command, 'mount', backing, mountpoint]
    const env = { ...process.env, HUFU_DATA: hufu.data }
    const output = await withOwnMounts(script, mount, env)
    expectRefusal(output, 8, /\/dev\/fuse can not be opened/, 'load the fuse module (modprobe fuse) and install fuse3')
  })

  it('says that the mount point is not empty', async () => {
    writeFileSync(join(mountpoint, 'letter'), 'of the user')
    const output = await hufu.hufu('mount', backing, mountpoint)
    expect(readFileSync(join(mountpoint, 'letter'), 'utf8')).toBe('of the user')
    rmSync(join(mountpoint, 'letter'))
    expectRefusal(output, 2, /expected an empty directory, found 1 entries/, 'name an empty directory')
  })

  it('says that this user may not mount, and what would let them', async () => {
    // Root without the right to mount.
    const mount = [process.execPath, command, 'mount', backing, mountpoint]
    const env = { ...process.env, HUFU_DATA: hufu.data }
    const output = await run('setpriv', ['--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin', ...mount], env)
    expectRefusal(output, 4, /can not be mounted: EPERM/, 'mount as root; or install fuse3')
  })

  it('says that something is mounted there, and that the volume is mounted elsewhere, and leaves the mount', async () => {
    const other = join(work, 'other')
    mkdirSync(other)
    expect(await hufu.hufu('mount', backing, mountpoint)).toMatchObject({ code: 0 })
    writeFileSync(join(mountpoint, 'letter'), 'sealed')
    const outputs = [await hufu.hufu('mount', backing, mountpoint), await hufu.hufu('mount', backing, other)]
    expect(readFileSync(join(mountpoint, 'letter'), 'utf8')).toBe('sealed')
    expect(readdirSync(other)).toEqual([])
    expect(await hufu.hufu('umount', mountpoint)).toMatchObject({ code: 0 })
    const [there, elsewhere] = outputs as [Output, Output]
    expectRefusal(there, 6, /something is mounted here already/, 'unmount it first: hufu umount')
    expectRefusal(elsewhere, 6, /the volume is mounted elsewhere already/, 'unmount it first: hufu umount')
  })
})
