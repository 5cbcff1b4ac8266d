import { execFileSync } from 'node:child_process'
import {
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type CheckReport, checkVolume } from '../src/index.ts'
import { type Mounted, mounted } from './support/mounted.ts'

let volume: Mounted
beforeEach(async () => {
  await volume?.[Symbol.asyncDispose]()
  volume = await mounted()
})
afterAll(() => volume[Symbol.asyncDispose]())

/** A tree with one of everything; then the backing names of its entries. */
async function filled(): Promise<Record<string, string>> {
  const at = (...names: string[]) => join(volume.path, ...names)
  mkdirSync(at('dir', 'deep'), { recursive: true })
  writeFileSync(at('file'), Buffer.alloc(20_000, 1))
  writeFileSync(at('dir', 'other'), Buffer.alloc(20_000, 2))
  writeFileSync(at('n'.repeat(200)), 'long')
  writeFileSync(at('empty'), '')
  symlinkSync('target', at('link'))
  linkSync(at('n'.repeat(200)), at('dir', 'hard'))
  execFileSync('python3', ['-c', `import os,sys; os.setxattr(sys.argv[1], 'user.note', b'x')`, at('file')])
  const inodes = new Map(readdirSync(volume.path).map((name) => [lstatSync(at(name)).ino, name]))
  inodes.set(lstatSync(at('dir', 'other')).ino, 'other')
  await volume.unmount()
  const entries = readdirSync(volume.backing, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/(^|\/)hufu\.(dir|volume)$|\.name$/.test(name),
  )
  return Object.fromEntries(
    entries.map((name) => [inodes.get(lstatSync(join(volume.backing, name)).ino) ?? name, name]),
  )
}

const check = (repair = false): Promise<CheckReport> =>
  checkVolume({ directory: volume.backing, services: [volume.service], repair })
const kinds = ({ findings }: CheckReport) => findings.map(({ kind, path }) => `${kind} ${path ?? ''}`.trim())

function flip(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position)
  writeFileSync(path, bytes)
}

describe('checking a volume', () => {
  it('finds nothing wrong with a whole one, and counts all', async () => {
    await filled()
    expect(await check()).toMatchObject({
      directories: 3,
      files: 4,
      symlinks: 1,
      bytes: 40_004,
      blocks: 11,
      findings: [],
    })
  })

  it('tells each kind of damage, and writes nothing', async () => {
    const names = await filled()
    const at = (name: string) => join(volume.backing, names[name] ?? name)
    flip(at('other'), 32 + 4136 * 2 + 100)
    renameSync(at('empty'), join(at('dir'), names.empty ?? ''))
    rmSync(at('link'))
    symlinkSync(Buffer.alloc(40, 1).toString('base64url'), at('link'))
    writeFileSync(join(volume.backing, 'hufu.long.AAAA.name'), 'orphan')
    mkdirSync(join(volume.backing, 'hufu.new.0000000000000000'))
    const before = execFileSync('tar', ['-cf', '-', '.'], { cwd: volume.backing })
    const report = await check()
    expect(kinds(report).sort()).toEqual(['block dir/other', 'leftover', 'name', 'sidecar', 'target link'])
    expect(report.findings.find(({ kind }) => kind === 'block')?.detail).toBe('1 of 5 blocks are not authentic: 2')
    expect(execFileSync('tar', ['-cf', '-', '.'], { cwd: volume.backing }).equals(before)).toBe(true)
  })

  it('repairs what can be: leftovers go, bad blocks become zeros, the rest of the file stays', async () => {
    const names = await filled()
    flip(join(volume.backing, names.other ?? ''), 32 + 4136 + 100)
    mkdirSync(join(volume.backing, 'hufu.new.0000000000000000'))
    expect((await check(true)).findings.map(({ repaired }) => repaired)).toEqual([true, true])
    expect((await check()).findings).toEqual([])
    await volume.remount()
    const expected = Buffer.alloc(20_000, 2).fill(0, 4096, 8192)
    expect(readFileSync(join(volume.path, 'dir', 'other')).equals(expected)).toBe(true)
  })
})

describe('checking attributes', () => {
  it('tells changed ones of directories too, of the root and below', async () => {
    const names = await filled()
    await volume.remount()
    const set = 'import os, sys\nfor path in sys.argv[1:]: os.setxattr(path, "user.note", b"x")'
    execFileSync('python3', ['-c', set, volume.path, join(volume.path, 'dir'), join(volume.path, 'dir', 'deep')])
    await volume.unmount()
    expect((await check()).findings).toEqual([])
    const change = `import os, sys
for path in sys.argv[1:]:
  name = next(name for name in os.listxattr(path) if name.startswith('user.hufu.'))
  value = bytearray(os.getxattr(path, name)); value[-1] ^= 1; os.setxattr(path, name, bytes(value))`
    execFileSync('python3', ['-c', change, volume.backing, join(volume.backing, names.dir ?? '')])
    expect(kinds(await check())).toEqual(['attribute', 'attribute dir'])
  })
})

describe('what an attacker does with the backing files', () => {
  const eio = (name: string) => expect(() => readFileSync(join(volume.path, name))).toThrow('EIO')
  const logged = (text: string) => expect.poll(() => volume.log.join('\n'), { timeout: 30_000 }).toContain(text)

  it.each([
    ['exchanges blocks of a file', (file: string) => swap(file, 0, file, 1), 'block 0 is not authentic'],
    [
      'exchanges blocks of two files',
      (file: string, other: string) => swap(file, 1, other, 1),
      'block 1 is not authentic',
    ],
    ['cuts within a block', (file: string) => truncateSync(file, 32 + 4136 * 2 + 1000), 'block 2 is not authentic'],
    [
      'lengthens the file',
      (file: string) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(100, 1)])),
      'block 4 is not authentic',
    ],
    ['takes another header', (file: string, other: string) => header(file, other), 'block 0 is not authentic'],
    ['breaks the header', (file: string) => flip(file, 3), 'its header is not one'],
  ] as const)('%s: EIO, and a line in the log', async (_, attack, line) => {
    const names = await filled()
    attack(join(volume.backing, names.file ?? ''), join(volume.backing, names.other ?? ''))
    await volume.remount()
    eio('file')
    await logged(line)
    await logged((names.file ?? '').split('/').at(-1) ?? '')
  })

  it('puts a directory in the place of the journal: it is refused, and says so', async () => {
    await filled()
    mkdirSync(join(volume.backing, 'hufu.journal'))
    await expect(volume.remount()).rejects.toThrow('hufu.journal is a directory')
    rmSync(join(volume.backing, 'hufu.journal'), { recursive: true })
    await volume.remount()
    expect(readFileSync(join(volume.path, 'file')).length).toBe(20_000)
  })

  it('moves a name to another directory, copies one, exchanges a directory id: it is not shown', async () => {
    const names = await filled()
    const at = (name: string) => join(volume.backing, names[name] ?? name)
    renameSync(at('empty'), join(at('dir'), names.empty ?? ''))
    cpSync(at('other'), join(volume.backing, (names.other ?? '').split('/').at(-1) ?? ''))
    await volume.remount()
    expect(readdirSync(volume.path).sort()).toEqual(['dir', 'file', 'link', 'n'.repeat(200)])
    expect(readdirSync(join(volume.path, 'dir')).sort()).toEqual(['deep', 'hard', 'other'])
    await volume.unmount()
    cpSync(join(volume.backing, 'hufu.dir'), join(at('dir'), 'hufu.dir'), { force: true })
    await volume.remount()
    expect(readdirSync(join(volume.path, 'dir'))).toEqual(['empty'])
  })
})

const STEP = 4136
function swap(one: string, i: number, other: string, j: number): void {
  const [a, b] = [readFileSync(one), one === other ? null : readFileSync(other)]
  const first = Buffer.from(a.subarray(32 + i * STEP, 32 + (i + 1) * STEP))
  const second = Buffer.from((b ?? a).subarray(32 + j * STEP, 32 + (j + 1) * STEP))
  second.copy(a, 32 + i * STEP)
  first.copy(b ?? a, 32 + j * STEP)
  writeFileSync(one, a)
  if (b !== null) writeFileSync(other, b)
}

function header(one: string, other: string): void {
  const bytes = readFileSync(one)
  readFileSync(other).copy(bytes, 0, 0, 32)
  writeFileSync(one, bytes)
}
