import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, hufu, RunningKms } from './support/hufu.ts'

const work = mkdtempSync(join(tmpdir(), 'hufu-cli-progress-'))
const at = (...names: string[]): string => join(work, ...names)
const plaintext = randomBytes(8 * 2 ** 20)
const kms = new RunningKms()

beforeAll(async () => {
  await kms.start()
  await kms.json('key', 'create', '--alias', 'alias/films')
  writeFileSync(at('film'), plaintext)
  mkdirSync(at('films', 'old'), { recursive: true })
  for (const name of ['new', 'old/first', 'old/second']) writeFileSync(at('films', name), plaintext)
})
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

/** What a terminal shows while a command runs in it. */
async function shown(...args: string[]): Promise<string> {
  const line = [process.execPath, command, ...args, '--data', kms.data].map((word) => `'${word}'`).join(' ')
  const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null'])
  return stdout
}

it('hufu encrypt and decrypt of a file draw a bar on a terminal, and wipe it', async () => {
  const sealing = await shown('encrypt', at('film'), '-o', at('sealed'), '-k', 'alias/films')
  expect(sealing).toMatch(/encrypt \[#* *\] \d+% \d+ MiB\/s/)
  const opening = await shown('decrypt', at('sealed'), '-o', at('opened'))
  expect(opening).toMatch(/decrypt \[#* *\] \d+% \d+ MiB\/s/)
  for (const screen of [sealing, opening]) expect(screen.endsWith('\r\x1b[K')).toBe(true)
  expect(readFileSync(at('opened')).equals(plaintext)).toBe(true)
})

it('one bar is for a whole directory', async () => {
  const screen = await shown('encrypt', at('films'), '-o', at('sealed-films'), '-k', 'alias/films')
  expect(screen).toMatch(/encrypt \[#* *\] \d+% \d+ MiB\/s/)
  expect(screen.split('\r\x1b[K')).toHaveLength(2)
  expect((await hufu(['decrypt', at('sealed-films'), '-o', at('again'), '--data', kms.data])).code).toBe(0)
  expect(readFileSync(at('again', 'old', 'second')).equals(plaintext)).toBe(true)
})

it('nothing is drawn where no terminal is', async () => {
  const args = ['encrypt', at('film'), '-o', at('quiet'), '-k', 'alias/films', '--data', kms.data]
  expect(await hufu(args)).toMatchObject({ code: 0, stderr: '' })
})
