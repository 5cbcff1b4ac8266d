import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

const ROUNDS = 20

const gypBuild = createRequire(import.meta.url).resolve('node-gyp-build')
const folder = fileURLToPath(new URL('..', import.meta.url))
const addon = `
  const addon = require(${JSON.stringify(gypBuild)})(${JSON.stringify(folder)})
  globalThis.owners = [{}, {}]
  const keys = [
    addon.keyNew('SM4-GCM', new Uint8Array(16), owners[0]),
    addon.keyNew('AES-256-GCM', new Uint8Array(32), owners[1]),
  ]
  const none = new Uint8Array(0)
  const input = new Uint8Array(2 ** 21)
  const place = () => new Uint8Array(2 ** 21 + 1024)`

/** What is in the middle of its work when the end comes: jobs on libuv's pool, or a call that the team helps with. */
const busy = [
  `${addon}
    for (let i = 0; i < 8; i++) addon.segmentsSealAsync(keys[i % 2], none, 0, none, input, 65536, true, place())`,
  `${addon}
    for (let i = 0; i < 8; i++) addon.aeadSealAsync(keys[i % 2], new Uint8Array(12), none, input, place())`,
  `${addon}
    const into = place()
    const go = () => {
      for (let i = 0; i < 8; i++) addon.segmentsSealShared(keys[i % 2], none, 0, none, input, 65536, true, into)
      setImmediate(go)
    }
    go()`,
]

test(`a process may end in the middle of calls, ${ROUNDS} times`, { timeout: 240_000 }, () => {
  for (let round = 0; round < ROUNDS; round++) {
    const script = `${busy[round % busy.length]}\nsetTimeout(() => process.exit(7), ${round % 4})`
    const { status, signal } = spawnSync(process.execPath, ['-e', script], { cwd: folder })
    expect({ round, status, signal }).toEqual({ round, status: 7, signal: null })
  }
})

test(`a worker thread may be ended in the middle of calls, ${ROUNDS} times`, { timeout: 240_000 }, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const code = `${busy[round % busy.length]}
      require('node:worker_threads').parentPort.postMessage('started')
      setInterval(() => {}, 1000)`
    const worker = new Worker(code, { eval: true })
    await once(worker, 'message')
    expect(await worker.terminate()).toBe(1)
  }
})

test('a worker may end that alone has loaded the addon, and its helpers stay', { timeout: 120_000 }, () => {
  const worker = `${busy.at(-1)}\nsetTimeout(() => process.exit(0), 20)`
  const script = `
    const { Worker } = require('node:worker_threads')
    const code = ${JSON.stringify(worker)}
    const next = (left) => left > 0 && new Worker(code, { eval: true }).once('exit', () => next(left - 1))
    next(5)`
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
})
