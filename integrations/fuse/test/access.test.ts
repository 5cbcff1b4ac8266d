import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { initVolume, isMounted, mountVolume, openVolume } from '../src/index.ts'
import { type Mounted, mounted } from './support/mounted.ts'

let volume: Mounted
async function lease(service: 'disabled' | 'up', state: 'lost' | 'held'): Promise<void> {
  volume.service.state = service
  await vi.waitFor(() => expect(volume.volume.lease.state).toBe(state), { timeout: 30_000 })
}
afterEach(() => volume?.[Symbol.asyncDispose]())
const probes = { probeMilliseconds: 20, leaseMilliseconds: 60_000 }

describe('revocation', () => {
  it('closes an open volume when the key is disabled, and opens it again when it is enabled', async () => {
    volume = await mounted(probes)
    const file = join(volume.path, 'file')
    writeFileSync(file, 'secret')
    expect(readFileSync(file, 'utf8')).toBe('secret')
    volume.service.state = 'disabled'
    await vi.waitFor(() => expect(volume.volume.lease.state).toBe('lost'), { timeout: 30_000 })
    expect(() => readFileSync(file)).toThrow('EACCES')
    volume.service.state = 'up'
    await vi.waitFor(() => expect(volume.volume.lease.state).toBe('held'), { timeout: 30_000 })
    expect(readFileSync(file, 'utf8')).toBe('secret')
  })

  it('closes and opens while programs read and write, and damages nothing', async () => {
    volume = await mounted(probes)
    const script = `import itertools, os, sys
for i in itertools.count():
  name = f"{sys.argv[1]}.{i % 20}"
  try:
    with open(name, "w") as f: f.write(name * 2000)
    os.rename(name, name + ".done")
    with open(name + ".done") as f: assert f.read() in (name * 2000, ""), name
    os.listdir(".")
  except OSError: pass`
    const options = { cwd: volume.path, stdio: 'ignore' } as const
    const programs = ['a', 'b', 'c'].map((name) => spawn('python3', ['-c', script, name], options))
    for (let i = 0; i < 5; i++)
      for (const [state, lease] of [
        ['disabled', 'lost'],
        ['up', 'held'],
      ] as const) {
        volume.service.state = state
        await vi.waitFor(() => expect(volume.volume.lease.state).toBe(lease), { timeout: 30_000 })
      }
    expect(programs.map(({ exitCode }) => exitCode)).toEqual([null, null, null])
    for (const program of programs) {
      const ended = once(program, 'exit')
      program.kill('SIGKILL')
      await ended
    }
    await volume.remount()
    for (const name of readdirSync(volume.path)) expect(() => readFileSync(join(volume.path, name))).not.toThrow()
  })

  it('lets what is open go on and nothing open anew: refuse-opens', async () => {
    volume = await mounted({ ...probes, onRevoke: 'refuse-opens' })
    const file = join(volume.path, 'file')
    writeFileSync(file, 'before')
    const fd = openSync(file, 'r+')
    await lease('disabled', 'lost')
    expect(() => openSync(file, 'r')).toThrow('EACCES')
    expect(() => writeFileSync(join(volume.path, 'new'), 'x')).toThrow('EACCES')
    writeSync(fd, 'after!', 0)
    expect(readSync(fd, Buffer.alloc(6), 0, 6, 0)).toBe(6)
    await lease('up', 'held')
    expect(readFileSync(file, 'utf8')).toBe('after!')
    closeSync(fd)
  })

  it('shows all and changes nothing: read-only', async () => {
    volume = await mounted({ ...probes, onRevoke: 'read-only' })
    const file = join(volume.path, 'file')
    writeFileSync(file, 'before')
    await lease('disabled', 'lost')
    expect(readFileSync(file, 'utf8')).toBe('before')
    expect(() => mkdirSync(join(volume.path, 'dir'))).toThrow('EROFS')
    await lease('up', 'held')
    writeFileSync(file, 'after')
    await volume.remount()
    expect(readFileSync(file, 'utf8')).toBe('after')
  })

  it('is gone, and its server with it: unmount', async () => {
    volume = await mounted({ ...probes, onRevoke: 'unmount' })
    volume.service.state = 'disabled'
    await volume.volume.ended
    expect(await isMounted(volume.path)).toBe(false)
    volume.service.state = 'up'
    await volume.remount()
  })

  it('unmounts itself when nobody has used it, and not while a file is open', async () => {
    volume = await mounted({ idleMilliseconds: 10_000 })
    const fd = openSync(join(volume.path, 'file'), 'w')
    await vi.waitFor(() => expect(volume.volume.idleMilliseconds()).toBeGreaterThan(11_000), { timeout: 60_000 })
    expect(await isMounted(volume.path)).toBe(true)
    closeSync(fd)
    await volume.volume.ended
    expect(await isMounted(volume.path)).toBe(false)
  }, 120_000)

  it('goes on while the KMS is away, until the lease ends', async () => {
    volume = await mounted(probes)
    const file = join(volume.path, 'file')
    writeFileSync(file, 'x')
    volume.service.state = 'down'
    await vi.waitFor(() => expect(volume.volume.lease.state).toBe('unreachable'), { timeout: 30_000 })
    expect(readFileSync(file, 'utf8')).toBe('x')
    for (const away of ['down', 'silent'] as const) {
      volume.service.state = 'up'
      await volume.remount({ leaseMilliseconds: 200 })
      volume.service.state = away
      await vi.waitFor(() => expect(volume.volume.lease.state).toBe('lost'), { timeout: 30_000 })
      expect(() => readFileSync(file)).toThrow('EACCES')
    }
  })
})

describe('what is refused', () => {
  it('says what is wrong with the volume or the mount point', async () => {
    volume = await mounted()
    const { service, backing, path } = volume
    const at = (name: string) => join(backing, '..', name)
    const keys = [{ service, keyId: 'k' }]
    await expect(initVolume({ directory: backing, keys })).rejects.toMatchObject({ code: 'AlreadyVolume' })
    await expect(initVolume({ directory: path, keys })).resolves.toBeDefined()
    for (const name of ['other', 'mountpoint']) mkdirSync(at(name))
    const refused = (directory: string, mountpoint: string) =>
      expect(mountVolume({ directory, mountpoint, services: [service] })).rejects
    await refused(backing, at('absent')).toMatchObject({ code: 'MountPoint' })
    await refused(backing, path).toMatchObject({ code: 'AlreadyMounted' })
    await refused(backing, backing).toMatchObject({ code: 'NotEmpty' })
    await refused(at('other'), at('mountpoint')).toMatchObject({ code: 'BackingDirectory' })
    service.state = 'disabled'
    await expect(openVolume(backing, [service])).rejects.toMatchObject({ code: 'KeyRefused' })
    for (const away of ['down', 'busy'] as const) {
      service.state = away
      await expect(openVolume(backing, [service])).rejects.toMatchObject({ code: 'Unreachable' })
    }
  })

  it('finds a header with any changed character out', async () => {
    volume = await mounted()
    const file = join(volume.backing, 'hufu.volume')
    const text = readFileSync(file, 'utf8')
    for (let i = 0; i < text.length; i++) {
      writeFileSync(file, text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1))
      await expect(openVolume(volume.backing, [volume.service])).rejects.toMatchObject({
        code: expect.stringMatching(/DamagedHeader|NewerFormat|KeyRefused/),
      })
    }
    // The last character of the MAC has two bits that no byte has.
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = digits[digits.indexOf(text.at(-2) ?? '') | 1]
    writeFileSync(file, `${text.slice(0, -2)}${last}\n`)
    await expect(openVolume(volume.backing, [volume.service])).rejects.toMatchObject({ code: 'DamagedHeader' })
    writeFileSync(file, text)
    using open = await openVolume(volume.backing, [volume.service])
    expect(open.header.version).toBe(1)
  })
})
