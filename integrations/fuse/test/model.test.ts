import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mounted, mounted } from './support/mounted.ts'
import { operation, run } from './support/operations.ts'
import { treeOf } from './support/tree.ts'

const exec = promisify(execFile)
const concurrent = fileURLToPath(new URL('./support/concurrent.py', import.meta.url))
const plain = mkdtempSync(join(tmpdir(), 'hufu-model-'))
let volume: Mounted
afterAll(async () => {
  await volume[Symbol.asyncDispose]()
  rmSync(plain, { recursive: true })
})

describe.each([
  [4096, 'AES-256-GCM', false],
  [65_536, 'AES-256-GCM', true],
  [4096, 'SM4-GCM', true],
] as const)('a volume with blocks of %i bytes, %s, integrity %s', (blockSize, suite, integrity) => {
  beforeAll(async () => {
    await volume?.[Symbol.asyncDispose]()
    volume = await mounted({}, { blockSize, suite, integrity })
  })

  it('does what a plain directory does, over a remount too', async () => {
    let round = 0
    const property = fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 80 }), async (operations) => {
      const name = `round ${round++}`
      const [theirs, ours] = [join(plain, name), join(volume.path, name)]
      for (const one of [{ kind: 'mkdir', path: '' } as const, ...operations])
        expect({ one, outcome: run(ours, one) }).toEqual({ one, outcome: run(theirs, one) })
      expect(treeOf(ours)).toEqual(treeOf(theirs))
      if (round % 10 === 0) await volume.remount()
      expect(treeOf(ours)).toEqual(treeOf(theirs))
      rmSync(theirs, { recursive: true, force: true })
      rmSync(ours, { recursive: true, force: true })
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it('does so for several processes at once', async () => {
    const names = ['one', 'two', 'three', 'four']
    const outcomes = names.map((name, i) => {
      const args = [
        concurrent,
        join(volume.path, name),
        join(plain, `${name} ${blockSize} ${suite}`),
        String(i + 1),
        '400',
      ]
      return exec('python3', args, { timeout: 150_000, killSignal: 'SIGKILL' })
    })
    await Promise.all(outcomes)
  }, 200_000)
})
