import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseHeader } from '@hufu/crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Served, serve } from '../support/server.ts'
import { occurrencesDumped, occurrencesInFile, occurrencesInProcess } from './search.ts'

const holder = fileURLToPath(new URL('holder.mjs', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'hufu-sdk-memory-'))
let served: Served
let child: ChildProcess
let lines: AsyncIterator<string>

beforeAll(async () => {
  served = await serve('a')
})
beforeEach(() => {
  const plan = JSON.stringify({ endpoint: served.server.url, credentials: served.credentials })
  const withCore = 'ulimit -c unlimited 2>/dev/null; exec "$@"'
  child = spawn('/bin/sh', ['-c', withCore, 'sh', process.execPath, holder, plan], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: work,
  })
  if (child.stdout === null) throw new Error('expected a pipe')
  lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
})
afterEach(async () => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
})
afterAll(async () => {
  await served?.[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

const nextLine = async (): Promise<string> => String((await lines.next()).value)
async function told(command: string): Promise<void> {
  child.stdin?.write(`${command}\n`)
  expect(await nextLine()).toMatch(new RegExp(`^${command.split(' ')[0]} `))
}

/** The data key of the child's message, as the KMS has it, in the forms in which it could be left. */
async function patternsOf(message: Buffer): Promise<readonly Buffer[]> {
  const { recipients, context } = parseHeader(message)
  const [recipient] = recipients
  if (recipient === undefined) throw new Error('expected a recipient')
  const { plaintext } = await served.region.operations.decrypt({ ciphertext: recipient.wrappedKey, context })
  const key = Buffer.from(plaintext)
  return [
    key,
    Buffer.from(key.toString('base64').slice(0, 40)),
    Buffer.from(key.toString('base64').slice(0, 40), 'utf16le'),
  ]
}

/** The files that the kernel writes for a process that aborts: none where the machine sends them elsewhere. */
async function coresOf(aborted: ChildProcess): Promise<readonly string[]> {
  aborted.kill('SIGABRT')
  await once(aborted, 'exit')
  return readdirSync(work)
    .filter((name) => name.startsWith('core'))
    .map((name) => join(work, name))
}

/** Once more in a process of its own where the collector's timing left a copy: what leaks always is always found. */
it('an evicted data key is not in the memory of the process nor in a heap snapshot', {
  timeout: 300_000,
  retry: 2,
}, async () => {
  const patterns = await patternsOf(Buffer.from(await nextLine(), 'base64'))
  const pid = child.pid ?? 0
  expect(occurrencesInProcess(pid, patterns), 'while it is cached').toBeGreaterThan(0)
  await told('evict')
  expect(occurrencesInProcess(pid, patterns), 'in memory').toBe(0)
  await told(`snapshot ${join(work, 'heap.heapsnapshot')}`)
  expect(
    occurrencesInFile(join(work, 'heap.heapsnapshot'), [Buffer.from('alias/films')]),
    'is searched',
  ).toBeGreaterThan(0)
  expect(occurrencesInFile(join(work, 'heap.heapsnapshot'), patterns), 'in the heap snapshot').toBe(0)
})

it('a data key in use is in no core dump', { timeout: 300_000, retry: 2 }, async () => {
  const patterns = await patternsOf(Buffer.from(await nextLine(), 'base64'))
  const pid = child.pid ?? 0
  const searched = [Buffer.from('alias/films')]
  await told('another')
  expect(occurrencesInProcess(pid, patterns), 'in memory').toBeGreaterThan(0)
  expect(occurrencesDumped(pid, searched), 'is searched').toBeGreaterThan(0)
  expect(occurrencesDumped(pid, patterns), 'in what is dumped').toBe(0)
  for (const core of await coresOf(child)) {
    expect(occurrencesInFile(core, searched), 'is searched').toBeGreaterThan(0)
    expect(occurrencesInFile(core, patterns), 'in the core').toBe(0)
    rmSync(core)
  }
})
