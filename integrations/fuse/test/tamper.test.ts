import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkVolume } from '../src/index.ts'
import { type Mounted, mounted } from './support/mounted.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

let volume: Mounted
const backing = (name: string) => join(volume.backing, name)
const shown = (name: string) => join(volume.path, name)

/** The entries' backing names, by the names that they are shown by. */
function backingNames(): Map<string, string> {
  const inodes = new Map(readdirSync(volume.path).map((name) => [lstatSync(shown(name)).ino, name]))
  const entries = readdirSync(volume.backing).filter((name) => !name.startsWith('hufu.'))
  return new Map(entries.map((name) => [inodes.get(lstatSync(backing(name)).ino) ?? '', name]))
}

/** A byte that is another one than this was. */
const changed = (byte: number, position: number): number => byte ^ (1 + (position % 255))

function change(file: string, position: number): void {
  const bytes = readFileSync(file)
  bytes.writeUInt8(changed(bytes.readUInt8(position), position), position)
  writeFileSync(file, bytes)
}

/** Another letter of base64url than that one. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const otherLetter = (text: string, position: number): string => {
  const at = (LETTERS.indexOf(text.charAt(position)) + 1 + (position % 63)) % 64
  return text.slice(0, position) + LETTERS.charAt(at) + text.slice(position + 1)
}

/** What reading each of them answers: its error, or its content. */
async function answers(names: readonly string[]): Promise<string[]> {
  const answered: string[] = []
  for (const name of names) {
    await setImmediate() // for the log's lines
    answered.push(answerOf(() => readFileSync(shown(name), 'latin1')))
  }
  return answered
}

function answerOf<T>(ask: () => T): T | string {
  try {
    return ask()
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

/** All names of the files `0` to `count - 1`. */
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

describe.each([false, true])('every place of the backing files, integrity %s', (integrity) => {
  beforeEach(async () => {
    volume = await mounted({}, { integrity })
  })
  afterEach(() => volume[Symbol.asyncDispose]())

  /** How many files a check finds something wrong with. */
  async function foundIn(): Promise<number> {
    const { findings } = await checkVolume({ directory: volume.backing, services: [volume.service] })
    return new Set(findings.map((finding) => finding.backing)).size
  }

  /** So many equal files, each handed to the attack by its backing path; then mounted again. */
  async function attacked(
    content: string,
    count: number,
    attack: (file: string, i: number) => void,
  ): Promise<string[]> {
    for (const name of numbers(count)) writeFileSync(shown(name), content)
    const names = backingNames()
    await volume.unmount()
    for (const name of numbers(count)) attack(backing(names.get(name) ?? ''), Number(name))
    await volume.remount()
    return answers(numbers(count))
  }

  it('any byte of a file that is changed: EIO, and a line in the log for each', async () => {
    const content = 'open in case of war'
    const size = 32 + 40 + content.length
    expect(await attacked(content, size, change)).toEqual(numbers(size).map(() => 'EIO'))
    const named = () =>
      new Set(volume.log.filter((line) => line.startsWith('damaged')).map((line) => line.split(': ')[1]))
    await expect.poll(() => named().size, { timeout: 30_000 }).toBe(size)
  })

  it('a file that is cut anywhere, or to which bytes are added: EIO, or without integrity what a cut between blocks leaves', async () => {
    const content = 'open in case of war'
    const size = 32 + 40 + content.length
    // Without integrity a block of which no plaintext is left is none; a check finds all but those that end between blocks.
    const cut = numbers(size).map((length) => (!integrity && Number(length) <= 72 ? '' : 'EIO'))
    expect(await attacked(content, size, truncateSync)).toEqual(cut)
    await volume.unmount()
    expect(await foundIn()).toBe(integrity ? size : size - 2)
    await volume[Symbol.asyncDispose]()
    volume = await mounted({}, { integrity })
    const add = (file: string, i: number) => writeFileSync(file, Buffer.alloc(1 + i, i), { flag: 'a' })
    const whole = 'x'.repeat(4096)
    const added = (await attacked(whole, 45, add)).map((answer) => (answer === whole ? 'whole' : answer))
    // What would be a block without plaintext is passed over.
    expect(added).toEqual(numbers(45).map((i) => (!integrity && Number(i) < 40 ? 'whole' : 'EIO')))
    await volume.unmount()
    expect(await foundIn()).toBe(45)
  })

  it('any letter of a name, of the target of a link; any byte of the id of a directory', async () => {
    const letters = 23
    for (const name of numbers(letters).map((number) => number.padStart(2, '0'))) writeFileSync(shown(`n${name}`), name)
    for (const name of numbers(36)) symlinkSync('target', shown(`link ${name}`))
    for (const name of numbers(16)) mkdirSync(shown(`dir ${name}`))
    for (const name of numbers(16)) writeFileSync(shown(join(`dir ${name}`, 'in it')), '')
    const names = backingNames()
    await volume.unmount()
    for (const [name, at] of names) {
      const number = Number(/\d+$/.exec(name)?.[0])
      if (name.startsWith('dir')) change(join(backing(at), 'hufu.dir'), number)
      else if (name.startsWith('n')) renameSync(backing(at), backing(otherLetter(at, number % at.length)))
      else {
        const text = otherLetter(readlinkSync(backing(at)), number % 45)
        rmSync(backing(at))
        symlinkSync(text, backing(at))
      }
    }
    await volume.remount()
    const root = answerOf(() => readdirSync(volume.path).filter((name) => name.startsWith('n')))
    expect(root).toEqual(integrity ? 'EIO' : [])
    for (const name of numbers(letters).map((number) => number.padStart(2, '0')))
      expect(() => readFileSync(shown(`n${name}`))).toThrow(integrity ? /ENOENT|EIO/ : 'ENOENT')
    for (const name of numbers(36)) expect(() => readlinkSync(shown(`link ${name}`))).toThrow('EIO')
    for (const name of numbers(16))
      expect(answerOf(() => readdirSync(shown(`dir ${name}`)))).toEqual(integrity ? 'EIO' : [])
  })

  it('any byte of an attribute', async () => {
    const set = 'import os\nfor i in range(45): open(f"{i}", "w").close(); os.setxattr(f"{i}", "user.note", b"value")'
    execFileSync('python3', ['-c', set], { cwd: volume.path })
    const names = backingNames()
    await volume.unmount()
    const attack = `import os, sys
for i, path in enumerate(sys.argv[1:]):
  name = next(name for name in os.listxattr(path) if name.startswith("user.hufu."))
  value = bytearray(os.getxattr(path, name)); assert len(value) <= 45
  value[i % len(value)] ^= 1 + i; os.setxattr(path, name, bytes(value))`
    execFileSync('python3', ['-c', attack, ...numbers(45).map((name) => backing(names.get(name) ?? ''))])
    await volume.remount()
    const get = `import errno, os
def get(path):
  try: return os.getxattr(path, "user.note")
  except OSError as error: return errno.errorcode[error.errno]
print({get(f"{i}") for i in range(45)})`
    expect(execFileSync('python3', ['-c', get], { cwd: volume.path, encoding: 'utf8' })).toBe("{'EIO'}\n")
  })
})
