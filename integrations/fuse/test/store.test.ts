import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { checkVolume } from '../src/index.ts'
import { type Faults, faults } from './support/faults.ts'
import { type Served, served } from './support/served.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'

/** Has the kernel drop what it holds of the file, so that it is read from the store. */
const dropCache = (path: string) =>
  execFileSync('python3', ['-c', 'import os, sys; os.posix_fadvise(os.open(sys.argv[1], 0), 0, 0, 4)', path])

describe('a store that fails', () => {
  let volume: Served
  let fault: Faults
  const file = () => join(volume.path, 'file')
  beforeAll(async () => {
    volume = served()
    fault = faults()
    fault.set(null)
    await volume.start(fault.env(volume.backing))
  })
  afterAll(async () => {
    await volume[Symbol.asyncDispose]()
    fault[Symbol.dispose]()
  })

  it.each(['write', 'half-write'] as const)(
    'has a write answered with its error, and the file as it was: %s',
    (kind) => {
      writeFileSync(file(), Buffer.alloc(10_000, 1), { flush: true })
      const fd = openSync(file(), 'r+')
      try {
        fault.set(kind)
        expect(() => {
          writeSync(fd, Buffer.alloc(30_000, 2), 0, 30_000, 10_000)
          fsyncSync(fd)
        }).toThrow(/EIO|ENOSPC/)
      } finally {
        fault.set(null)
        closeSync(fd)
      }
      dropCache(file())
      const bytes = readFileSync(file())
      expect(bytes.subarray(0, 10_000).equals(Buffer.alloc(10_000, 1))).toBe(true)
    },
  )

  it('tells at its close that what was written could not be kept', () => {
    const written = join(volume.path, 'written')
    const fd = openSync(written, 'w')
    fault.set('write')
    try {
      writeSync(fd, Buffer.alloc(30_000, 3))
      expect(() => closeSync(fd)).toThrow('EIO')
    } finally {
      fault.set(null)
    }
    writeFileSync(written, 'after')
    dropCache(written)
    expect(readFileSync(written, 'utf8')).toBe('after')
  })

  it('has a read answered with EIO, and goes on when the store does', () => {
    writeFileSync(file(), Buffer.alloc(10_000, 1), { flush: true })
    dropCache(file())
    fault.set('read')
    expect(() => readFileSync(file())).toThrow('EIO')
    fault.set(null)
    dropCache(file())
    expect(readFileSync(file()).equals(Buffer.alloc(10_000, 1))).toBe(true)
  })

  it('has a sync that fails answered with EIO', () => {
    const fd = openSync(file(), 'w')
    try {
      writeSync(fd, 'x')
      fault.set('fsync')
      expect(() => fsyncSync(fd)).toThrow('EIO')
    } finally {
      fault.set(null)
      closeSync(fd)
    }
  })
})

describe.each([false, true])('a store that is full, integrity %s', (integrity) => {
  const small = mkdtempSync(join(tmpdir(), 'hufu-small-'))
  let volume: Served
  const at = (name: string) => join(volume.path, name)
  beforeAll(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small])
    volume = served(small)
    await volume.start({}, { integrity })
  })
  afterAll(async () => {
    await volume?.[Symbol.asyncDispose]()
    execFileSync('umount', ['-l', small])
    rmSync(small, { recursive: true })
  })

  /** Nothing is taken for an older state, or for bad. */
  const findings = async () =>
    (await checkVolume({ directory: volume.backing, services: [unsafeOpenService] })).findings

  it('answers ENOSPC, keeps what was there, and takes more when there is room again', async () => {
    writeFileSync(at('kept'), Buffer.alloc(1_000_001, 1), { flush: true })
    const sparse = openSync(at('sparse'), 'w+')
    ftruncateSync(sparse, 40_000_000)
    writeSync(sparse, Buffer.alloc(5000, 4), 0, 5000, 1_000_000)
    fsyncSync(sparse)
    expect(() => writeFileSync(at('large'), Buffer.alloc(30_000_000, 2), { flush: true })).toThrow('ENOSPC')
    expect(() => writeFileSync(at('more'), Buffer.alloc(1_000_000, 2), { flush: true })).toThrow('ENOSPC')
    expect(() => {
      writeSync(sparse, Buffer.alloc(2_000_000, 5), 0, 2_000_000, 999_000)
      fsyncSync(sparse)
    }).toThrow('ENOSPC')
    closeSync(sparse)
    for (const name of ['kept', 'large', 'more', 'sparse']) dropCache(at(name))
    expect(readFileSync(at('kept')).equals(Buffer.alloc(1_000_001, 1))).toBe(true)
    for (const name of ['large', 'more', 'sparse']) readFileSync(at(name)) // old, new or shorter, but never unreadable
    rmSync(at('large'))
    writeFileSync(at('after'), Buffer.alloc(1_000_000, 3), { flush: true })
    await volume.stop()
    await volume.start()
    expect(readFileSync(at('after')).equals(Buffer.alloc(1_000_000, 3))).toBe(true)
    for (const name of ['kept', 'more', 'sparse']) readFileSync(at(name))
    expect(await findings()).toEqual([])
    expect(volume.log.filter((line) => line.startsWith('damaged'))).toEqual([])
  })

  /** What was removed may give its room back late. */
  const fill = () => {
    const script = `cd "$1"; cat /dev/zero > filler; while fallocate -l 65536 probe; do rm probe; cat /dev/zero >> filler; done; rm -f probe`
    execFileSync('bash', ['-c', script, 'bash', small], { stdio: 'ignore' })
  }

  it('is mounted when it is full, without a journal, so that files can be removed', async () => {
    await volume.stop()
    do {
      await volume.stop()
      fill()
      await volume.start()
    } while (existsSync(join(volume.backing, 'hufu.journal')))
    await vi.waitFor(() => expect(volume.log.join()).toContain('no journal'), { timeout: 30_000 })
    rmSync(at('after'))
    rmSync(join(small, 'filler'))
    writeFileSync(at('again'), 'there is room')
    expect(readFileSync(at('again'), 'utf8')).toBe('there is room')
  })

  it('is shown when it is read-only, and refuses to be mounted for writing', async () => {
    await volume.stop()
    execFileSync('mount', ['-o', 'remount,ro', small])
    try {
      await expect(volume.start()).rejects.toThrow('EROFS')
      await volume.start({}, { readOnly: true })
      expect(readFileSync(at('again'), 'utf8')).toBe('there is room')
      expect(() => writeFileSync(at('again'), 'x')).toThrow('EROFS')
      expect(() => mkdirSync(at('dir'))).toThrow('EROFS')
    } finally {
      await volume.stop()
      execFileSync('mount', ['-o', 'remount,rw', small])
    }
  })
})
