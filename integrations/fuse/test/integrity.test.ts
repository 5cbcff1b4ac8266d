import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acceptVolume, checkVolume } from '../src/index.ts'
import { type Mounted, mounted } from './support/mounted.ts'

let volume: Mounted
beforeEach(async () => {
  volume = await mounted({}, { integrity: true })
})
afterEach(() => volume[Symbol.asyncDispose]())

const at = (...names: string[]) => join(volume.path, ...names)
const HEADER = 32
const STEP = 4136

/** Where each entry of the mount stands among the backing files, by its path. */
function backingNames(): Record<string, string> {
  const paths = readdirSync(volume.path, { recursive: true, encoding: 'utf8' })
  const inodes = new Map(paths.map((path) => [lstatSync(at(path)).ino, path]))
  const own = /(^|\/)hufu\.(?!long\.)|\.name$/
  const entries = readdirSync(volume.backing, { recursive: true, encoding: 'utf8' }).filter((name) => !own.test(name))
  return Object.fromEntries(
    entries.map((name) => [inodes.get(lstatSync(join(volume.backing, name)).ino) ?? name, join(volume.backing, name)]),
  )
}

/** A tree with one of everything, in its first state; then its second one. `kept` is the first state of the backing files. */
async function twoStates(): Promise<{ names: Record<string, string>; kept: (path: string) => string }> {
  mkdirSync(at('dir', 'deep'), { recursive: true })
  writeFileSync(at('file'), Buffer.alloc(20_000, 1))
  writeFileSync(at('dir', 'removed'), 'removed')
  writeFileSync(at('dir', 'stays'), 'stays')
  writeFileSync(at('other'), 'other')
  writeFileSync(at('emptied'), 'is emptied')
  symlinkSync('one', at('link'))
  await volume.unmount()
  const copy = `${volume.backing} kept`
  cpSync(volume.backing, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  await volume.remount()
  const names = backingNames()
  const kept = (path: string) => (names[path] ?? '').replace(volume.backing, copy)
  const script = 'f = open("file", "r+b"); f.write(b"\\2" * 20000); f.close()'
  execFileSync('python3', ['-c', script], { cwd: volume.path })
  unlinkSync(at('dir', 'removed'))
  truncateSync(at('emptied'))
  unlinkSync(at('link'))
  symlinkSync('two', at('link'))
  writeFileSync(at('dir', 'added'), 'added')
  Object.assign(names, backingNames())
  await volume.unmount()
  return { names, kept }
}

const check = () => checkVolume({ directory: volume.backing, services: [volume.service] })
const found = async () => (await check()).findings.map(({ kind, path }) => `${kind} ${path ?? ''}`.trim()).sort()
const logged = (text: string) => expect.poll(() => volume.log.join('\n'), { timeout: 30_000 }).toContain(text)
const eio = (look: () => unknown) => expect(look).toThrow('EIO')

/** Puts bytes of the kept file into the present one. */
function putBack(from: string, to: string, offset: number, size: number): void {
  const [old, now] = [readFileSync(from), readFileSync(to)]
  old.copy(now, offset, offset, offset + size)
  writeFileSync(to, now)
}

describe('a volume with integrity', () => {
  it('shows what is there, and nothing is wrong with it', async () => {
    const { names } = await twoStates()
    expect(await found()).toEqual([])
    await volume.remount()
    expect(readFileSync(at('file')).equals(Buffer.alloc(20_000, 2))).toBe(true)
    expect(readdirSync(at('dir')).sort()).toEqual(['added', 'deep', 'stays'])
    expect([readlinkSync(at('link')), statSync(at('emptied')).size]).toEqual(['two', 0])
    expect(Object.keys(names).length).toBeGreaterThan(5)
    expect(volume.log).toEqual([])
  })

  it.each([
    ['a block', (now: string, old: string) => putBack(old, now, HEADER + STEP, STEP), 'block 1 is not the last'],
    [
      'a hole in place of a block',
      (now: string) => {
        const bytes = readFileSync(now)
        writeFileSync(now, bytes.fill(0, HEADER, HEADER + STEP))
      },
      'block 0 is not the last',
    ],
    ['the whole file', (now: string, old: string) => copyFileSync(old, now), 'block 0 is not the last'],
    ['a shorter one, cut between blocks', (now: string) => truncateSync(now, HEADER + 2 * STEP), 'its size is not'],
    ['a longer one, with holes', (now: string) => truncateSync(now, HEADER + 7 * STEP), 'its size is not'],
    ['an empty one', (now: string) => truncateSync(now, 0), 'it is empty'],
  ])('has an older state found: %s', async (_, attack, line) => {
    const { names, kept } = await twoStates()
    attack(names.file ?? '', kept('file'))
    expect(new Set((await found()).map((text) => text.split(' ')[1]))).toEqual(new Set(['file']))
    await volume.remount()
    eio(() => readFileSync(at('file')))
    await logged(line)
    await logged(basename(names.file ?? ''))
  })

  it('has a file found that was emptied and is full again', async () => {
    const { names, kept } = await twoStates()
    copyFileSync(kept('emptied'), names.emptied ?? '')
    expect(new Set(await found())).toEqual(new Set(['old emptied']))
    await volume.remount()
    eio(() => readFileSync(at('emptied')))
  })

  it('has a removed entry found that is there again', async () => {
    const { names, kept } = await twoStates()
    copyFileSync(kept('dir/removed'), names['dir/removed'] ?? '')
    expect(new Set(await found())).toEqual(new Set(['old dir/removed']))
    await volume.remount()
    eio(() => readdirSync(at('dir')))
    eio(() => readFileSync(at('dir', 'removed')))
    expect(readFileSync(at('dir', 'stays'), 'utf8')).toBe('stays')
    await logged('it was there and is not, or was not and is')
  })

  it('has an entry found that is missing', async () => {
    const { names } = await twoStates()
    rmSync(names['dir/added'] ?? '')
    expect(await found()).toEqual(['old dir'])
    await volume.remount()
    eio(() => readdirSync(at('dir')))
    eio(() => statSync(at('dir', 'added')))
    eio(() => writeFileSync(at('dir', 'added'), 'again'))
  })

  it('has exchanged files and directories, and older link targets found', async () => {
    const { names, kept } = await twoStates()
    const exchange = (one: string, other: string) => {
      renameSync(one, `${one}x`)
      renameSync(other, one)
      renameSync(`${one}x`, other)
    }
    exchange(names.file ?? '', names.other ?? '')
    const target = readlinkSync(kept('link'))
    rmSync(names.link ?? '')
    symlinkSync(target, names.link ?? '')
    expect(await found()).toEqual(['old file', 'old link', 'old other'])
    await volume.remount()
    for (const name of ['file', 'other']) eio(() => readFileSync(at(name)))
    eio(() => readlinkSync(at('link')))
    await logged('it is not what stood there last')
  })

  it('has a directory found that another was put in place of', async () => {
    const { names } = await twoStates()
    const [dir, deep] = [names.dir ?? '', names['dir/deep'] ?? '']
    copyFileSync(join(deep, 'hufu.dir'), `${dir} id`)
    rmSync(join(dir, 'hufu.dir'))
    renameSync(`${dir} id`, join(dir, 'hufu.dir'))
    expect(await found()).toContain('old dir')
    await volume.remount()
    eio(() => readdirSync(at('dir')))
  })

  it.each(['is not there', 'is of an older state', 'is broken'])('is refused when its knowledge %s', async (how) => {
    const { names, kept } = await twoStates()
    const file = join(volume.backing, 'hufu.integrity')
    const old = join(dirname(kept('file')), 'hufu.integrity')
    if (how === 'is not there') rmSync(file)
    else if (how === 'is broken') writeFileSync(file, readFileSync(file).fill(1, 0, 200))
    else copyFileSync(old, file)
    if (how === 'is of an older state') {
      expect(new Set(await found())).toContain('old file')
      await volume.remount()
      eio(() => readFileSync(at('file')))
    } else {
      await expect(check()).rejects.toMatchObject({ code: 'RolledBack' })
      await expect(volume.remount()).rejects.toMatchObject({ code: 'RolledBack' })
    }
    expect(names.file).toBeDefined()
  })

  it('is refused in an older state of all of it, where it was mounted before, until that is accepted', async () => {
    const anchors = `${volume.backing} anchors`
    const [copy, directory, services] = [`${volume.backing} copy`, volume.backing, [volume.service]]
    await volume.remount({ anchors })
    writeFileSync(at('file'), 'old')
    await volume.unmount()
    cpSync(directory, copy, { recursive: true })
    await volume.remount({ anchors })
    writeFileSync(at('file'), 'new')
    await volume.unmount()
    rmSync(directory, { recursive: true })
    renameSync(copy, directory)
    const look = async () => (await checkVolume({ directory, services, anchors })).findings.map(({ kind }) => kind)
    expect(await look()).toEqual(['old'])
    await expect(volume.remount({ anchors })).rejects.toMatchObject({ code: 'RolledBack' })
    await acceptVolume({ directory, services, anchors })
    expect(await look()).toEqual([])
    await volume.remount({ anchors })
    expect(readFileSync(at('file'), 'utf8')).toBe('old')
    await volume.remount({ anchors })
  })

  it('is accepted as it is, when an older state was put back by its owner', async () => {
    const { names, kept } = await twoStates()
    copyFileSync(kept('file'), names.file ?? '')
    copyFileSync(kept('dir/removed'), names['dir/removed'] ?? '')
    rmSync(names['dir/added'] ?? '')
    rmSync(join(volume.backing, 'hufu.integrity'))
    await acceptVolume({ directory: volume.backing, services: [volume.service] })
    expect(await found()).toEqual([])
    await volume.remount()
    expect(readFileSync(at('file')).equals(Buffer.alloc(20_000, 1))).toBe(true)
    expect(readdirSync(at('dir')).sort()).toEqual(['deep', 'removed', 'stays'])
    writeFileSync(at('file'), 'newer')
    await volume.unmount()
    expect(await found()).toEqual([])
  })

  it('has its old and bad blocks turned into zeros by a repair, and knows it', async () => {
    const { names, kept } = await twoStates()
    putBack(kept('file'), names.file ?? '', HEADER + STEP, STEP)
    const { findings } = await checkVolume({ directory: volume.backing, services: [volume.service], repair: true })
    expect(findings).toMatchObject([{ kind: 'old', path: 'file', repaired: true }])
    expect(await found()).toEqual([])
    await volume.remount()
    expect(readFileSync(at('file')).equals(Buffer.alloc(20_000, 2).fill(0, 4096, 8192))).toBe(true)
  })

  it('keeps what is known through renames, links, exchanges and files without a name', async () => {
    mkdirSync(at('a'))
    mkdirSync(at('b', 'inner'), { recursive: true })
    writeFileSync(at('a', 'file'), 'content')
    linkSync(at('a', 'file'), at('b', 'hard'))
    renameSync(at('a', 'file'), at('b', 'n'.repeat(200)))
    renameSync(at('b', 'inner'), at('a', 'inner'))
    rmdirSync(at('a', 'inner'))
    renameSync(at('b', 'hard'), at('b', 'n'.repeat(200)))
    const script = `import ctypes, os
libc = ctypes.CDLL(None)
open('x', 'w').write('X'); open('y', 'w').write('Y' * 9000)
assert libc.renameat2(-100, b'x', -100, b'y', 2) == 0
fd = os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600); os.write(fd, b'unnamed')
assert libc.linkat(-100, f'/proc/self/fd/{fd}'.encode(), -100, b'named', 0x400) == 0
open('first', 'w').write('linked'); os.link('first', 'second'); os.unlink('first'); os.link('second', 'third'); os.unlink('second')
open('gone', 'w').write('old'); os.rename('x', 'gone'); os.mkfifo('pipe')
fd = os.open('cut', os.O_RDWR | os.O_CREAT); os.pwrite(fd, b'z' * 50000, 0); os.ftruncate(fd, 5000); os.ftruncate(fd, 40000)
libc.fallocate(fd, 3, ctypes.c_long(0), ctypes.c_long(4096)); os.fsync(fd)`
    execFileSync('python3', ['-c', script], { cwd: volume.path })
    await volume.remount()
    const expected = Buffer.alloc(40_000).fill('z', 4096, 5000)
    expect(readFileSync(at('cut')).equals(expected)).toBe(true)
    expect(readFileSync(at('b', 'n'.repeat(200)), 'utf8')).toBe('content')
    expect([readFileSync(at('gone'), 'utf8').length, readFileSync(at('y'), 'utf8')]).toEqual([9000, 'X'])
    expect([readFileSync(at('named'), 'utf8'), readFileSync(at('third'), 'utf8')]).toEqual(['unnamed', 'linked'])
    expect([readdirSync(volume.path).sort(), readdirSync(at('a'))]).toEqual([
      ['a', 'b', 'cut', 'gone', 'named', 'pipe', 'third', 'y'],
      [],
    ])
    expect(volume.log).toEqual([])
    expect(existsSync(at('x'))).toBe(false)
    await volume.unmount()
    expect((await check()).findings).toEqual([])
  })
})
