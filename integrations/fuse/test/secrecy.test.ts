import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, served } from './support/served.ts'

// A whole file system is searched, with what its journal, its slack and its free blocks keep of files that were deleted.
const SIZE = 48 * 2 ** 20
const work = mkdtempSync(join(tmpdir(), 'hufu-secrecy-'))
const [image, disk] = [join(work, 'image'), join(work, 'disk')]
let volume: Served
/** Whether the image is mounted; where there are no loop devices it is made from the directory. */
let mounted = false

beforeAll(async () => {
  execFileSync('truncate', ['-s', String(SIZE), image])
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', image])
  mkdirSync(disk)
  mounted = spawnSync('mount', ['-o', 'loop', image, disk], { stdio: 'ignore' }).status === 0
  volume = served(disk)
})
afterAll(async () => {
  await volume?.[Symbol.asyncDispose]()
  if (mounted) execFileSync('umount', ['-l', disk])
  rmSync(work, { recursive: true, force: true })
})

const secrets = [
  'contents-of-war',
  'name-of-war',
  'target-of-war',
  'value-of-war',
  'attribute-of-war',
  'deleted-of-war',
]
const [contents, name, target, value, attribute, deleted] = secrets as [string, string, string, string, string, string]

/** How often each secret is in the image. */
function found(): Record<string, number> {
  if (mounted) execFileSync('sync', ['-f', disk])
  else execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', disk, image])
  const bytes = readFileSync(image)
  const count = (secret: string) => {
    let times = 0
    for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + 1)) times++
    return times
  }
  return Object.fromEntries(secrets.map((secret) => [secret, count(secret)]))
}

describe('the disk under a volume', () => {
  it.each(['AES-256-GCM', 'SM4-GCM'])(
    'has nothing in the clear, of what is there and what is gone: %s',
    async (suite) => {
      await volume.start({}, { suite })
      const at = (...names: string[]) => join(volume.path, ...names)
      mkdirSync(at(`dir ${name}`))
      writeFileSync(at(`dir ${name}`, name), `${contents} `.repeat(20_000), { flush: true })
      writeFileSync(at(`${name} ${'long '.repeat(40)}`), contents, { flush: true })
      symlinkSync(target, at('link'))
      const script = 'import os, sys; os.setxattr(sys.argv[1], "user." + sys.argv[2], sys.argv[3].encode())'
      execFileSync('python3', ['-c', script, at(`dir ${name}`, name), attribute, value])
      writeFileSync(at(deleted), `${deleted} `.repeat(20_000), { flush: true })
      unlinkSync(at(deleted))
      await volume.stop()
      expect(found()).toEqual(Object.fromEntries(secrets.map((secret) => [secret, 0])))
      rmSync(volume.backing, { recursive: true })
    },
  )

  it('would have them found: a plain file is', () => {
    writeFileSync(join(disk, name), contents)
    expect(found()).toMatchObject({ [contents]: 1, [name]: expect.any(Number) })
    expect(found()[name]).toBeGreaterThan(0)
  })
})
