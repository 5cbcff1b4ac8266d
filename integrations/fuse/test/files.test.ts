import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mounted, mounted } from './support/mounted.ts'

let volume: Mounted
const at = (...names: string[]) => join(volume.path, ...names)
beforeAll(async () => {
  volume = await mounted()
})
afterAll(() => volume[Symbol.asyncDispose]())

describe('content', () => {
  it.each([0, 1, 4095, 4096, 4097, 8192, 5_000_000])('keeps %i bytes, over a remount too', async (size) => {
    const bytes = randomBytes(size)
    writeFileSync(at('content'), bytes)
    expect(statSync(at('content')).size).toBe(size)
    await volume.remount()
    expect(readFileSync(at('content')).equals(bytes)).toBe(true)
  })

  it('changes the middle of a block, and grows over a gap of zeros', () => {
    writeFileSync(at('patched'), Buffer.alloc(10_000, 1))
    const fd = openSync(at('patched'), 'r+')
    writeSync(fd, Buffer.from([2, 2]), 0, 2, 4095)
    writeSync(fd, Buffer.from([3]), 0, 1, 50_000)
    closeSync(fd)
    const expected = Buffer.alloc(50_001)
    expected.fill(1, 0, 10_000).fill(2, 4095, 4097).fill(3, 50_000)
    expect(readFileSync(at('patched')).equals(expected)).toBe(true)
  })

  it('is shortened and lengthened, and what was cut does not come back', () => {
    writeFileSync(at('cut'), Buffer.alloc(9000, 7))
    truncateSync(at('cut'), 4100)
    truncateSync(at('cut'), 9000)
    expect(readFileSync(at('cut')).equals(Buffer.concat([Buffer.alloc(4100, 7), Buffer.alloc(4900)]))).toBe(true)
  })

  it('is read from an unlinked file that is still open', () => {
    writeFileSync(at('gone'), 'still here')
    const fd = openSync(at('gone'), 'r+')
    unlinkSync(at('gone'))
    const bytes = Buffer.alloc(10)
    expect(readSync(fd, bytes, 0, 10, 0)).toBe(10)
    expect(bytes.toString()).toBe('still here')
    expect(fstatSync(fd).nlink).toBe(0)
    closeSync(fd)
  })

  it('has holes up to 5 TiB', () => {
    const fd = openSync(at('sparse'), 'w+')
    const end = 5 * 2 ** 40
    writeSync(fd, Buffer.from('end'), 0, 3, end)
    const bytes = Buffer.alloc(6)
    expect(readSync(fd, bytes, 0, 6, end - 3)).toBe(6)
    expect(bytes.toString('latin1')).toBe('\0\0\0end')
    closeSync(fd)
    expect(statSync(at('sparse')).size).toBe(end + 3)
    expect(statSync(at('sparse')).blocks).toBeLessThan(1000)
    rmSync(at('sparse'))
  })
})

describe('names', () => {
  it.each(['a', 'ü', '虎符', 'n'.repeat(175), 'n'.repeat(176), 'n'.repeat(255), ' ', 'hufu.dir'])(
    'keeps %s',
    (name) => {
      mkdirSync(at('names'), { recursive: true })
      writeFileSync(at('names', name), name)
      expect(readdirSync(at('names'))).toEqual([name])
      expect(readFileSync(at('names', name), 'utf8')).toBe(name)
      renameSync(at('names', name), at('names', 'renamed'))
      expect(readdirSync(at('names'))).toEqual(['renamed'])
      renameSync(at('names', 'renamed'), at('names', name))
      rmSync(at('names', name))
      rmdirSync(at('names'))
    },
  )

  it('refuses one of 256 bytes', () => {
    expect(() => writeFileSync(at('n'.repeat(256)), '')).toThrow('ENAMETOOLONG')
  })

  it('keeps bytes that are no UTF-8', () => {
    const name = Buffer.from([0x66, 0xff, 0xfe])
    writeFileSync(Buffer.concat([Buffer.from(`${volume.path}/`), name]), 'x')
    expect(readdirSync(volume.path, { encoding: 'buffer' }).some((entry) => entry.equals(name))).toBe(true)
  })

  it('moves a directory with what is in it, and replaces an empty one', () => {
    mkdirSync(at('from', 'deep'), { recursive: true })
    writeFileSync(at('from', 'deep', 'file'), 'x')
    mkdirSync(at('to'))
    renameSync(at('from'), at('to'))
    expect(readFileSync(at('to', 'deep', 'file'), 'utf8')).toBe('x')
    expect(() => rmdirSync(at('to'))).toThrow('ENOTEMPTY')
  })

  it('lists 5,000 entries, each once', () => {
    mkdirSync(at('many'))
    for (let i = 0; i < 5000; i++) writeFileSync(at('many', `entry ${i}`), '')
    expect(new Set(readdirSync(at('many'))).size).toBe(5000)
    rmSync(at('many'), { recursive: true })
  })
})

describe('links, modes and times', () => {
  it('keeps hard links one file', () => {
    writeFileSync(at('one'), '1')
    linkSync(at('one'), at('two'))
    writeFileSync(at('two'), '2')
    unlinkSync(at('one'))
    expect(readFileSync(at('two'), 'utf8')).toBe('2')
    expect(statSync(at('two')).nlink).toBe(1)
  })

  it('keeps symlink targets, sealed', () => {
    symlinkSync('/somewhere/else', at('link'))
    expect(readlinkSync(at('link'))).toBe('/somewhere/else')
    expect(lstatSync(at('link')).size).toBe('/somewhere/else'.length)
    for (const entry of readdirSync(volume.backing, { withFileTypes: true }))
      if (entry.isSymbolicLink()) expect(readlinkSync(join(volume.backing, entry.name))).not.toContain('somewhere')
  })

  it('keeps nanoseconds', () => {
    writeFileSync(at('timed'), '')
    utimesSync(at('timed'), 1, 1_234_567.875)
    expect(statSync(at('timed')).mtimeMs).toBe(1_234_567_875)
  })
})

describe('the backing directory', () => {
  it('has nothing in the clear', () => {
    writeFileSync(at('plain name'), 'plain content '.repeat(1000))
    for (const entry of readdirSync(volume.backing, { recursive: true, withFileTypes: true })) {
      expect(entry.name).not.toContain('plain name')
      if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name)).includes('plain content')).toBe(false)
    }
  })

  it.each([0, 20, 33, 50, 60, 5000])('has a changed byte %i found out', async (position) => {
    writeFileSync(at('victim'), Buffer.alloc(6000, 9))
    const { ino } = statSync(at('victim'))
    await volume.remount()
    const entry = readdirSync(volume.backing).find((name) => lstatSync(join(volume.backing, name)).ino === ino) ?? ''
    const bytes = readFileSync(join(volume.backing, entry))
    bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position)
    writeFileSync(join(volume.backing, entry), bytes)
    expect(() => readFileSync(at('victim'))).toThrow('EIO')
    rmSync(at('victim'))
  })
})
