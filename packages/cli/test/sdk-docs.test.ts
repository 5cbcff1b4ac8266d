import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RunningKms } from './support/hufu.ts'

const page = readFileSync(new URL('../../../docs/sdk.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code)
/** Where the examples find what this package depends on, and nobody lints. */
const work = mkdtempSync(fileURLToPath(new URL('../node_modules/.sdk-docs-', import.meta.url)))
const kms = [new RunningKms(), new RunningKms()] as const

beforeAll(async () => {
  await kms[0].start(['--pkcs11', 'off', '--s3-port', '0'])
  await kms[1].start()
  for (const one of kms) {
    await one.json('key', 'create', '--alias', 'films')
  }
  for (const name of ['.hufu', 'north']) symlinkSync(kms[0].data, join(work, name))
  symlinkSync(kms[1].data, join(work, 'south'))
})
afterAll(async () => {
  for (const one of kms) await one[Symbol.asyncDispose]()
  rmSync(work, { recursive: true })
})

it.each(examples.map((code, i) => [i + 1, code] as const))('example %i of docs/sdk.md runs', async (number, code) => {
  const file = join(work, `example-${number}.mjs`)
  writeFileSync(file, code)
  const env = { PATH: process.env.PATH, HOME: work }
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: work, env })
  expect(stdout).toMatch(/the order|reel/)
})
