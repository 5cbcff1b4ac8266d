import { spawnSync } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  Sm2PrivateKey,
  sm2Decrypt,
  sm2Encrypt,
  sm2SignDigest,
  sm2VerifyDigest,
} from '../../src/index.ts'
import { native } from '../../src/native.ts'
import { addonFile } from '../addon-file.ts'
import { engines } from './engines.ts'

if (native === null) throw new Error('expected the native addon, which is called here as no one should')
const addon = native

const detached = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

describe.each(engines)('the $name engine', ({ engine }) => {
  const key = Sm2PrivateKey.generate(engine)

  test('refuses bytes that were taken away', () => {
    expect(() => sm2SignDigest(key, detached(32))).toThrow(TypeError)
    expect(() => sm2VerifyDigest(key.publicKey, detached(32), new Uint8Array(70))).toThrow(TypeError)
    expect(() => sm2Encrypt(key.publicKey, detached(32))).toThrow(TypeError)
    expect(() => sm2Decrypt(key, detached(130))).toThrow(DecryptionError)
    expect(sm2VerifyDigest(key.publicKey, new Uint8Array(32), detached(70))).toBe(false)
  })

  test('refuses memory that another thread could change meanwhile', () => {
    const shared = (size: number) => new Uint8Array(new SharedArrayBuffer(size))
    expect(() => sm2SignDigest(key, shared(32))).toThrow(TypeError)
    expect(() => sm2Encrypt(key.publicKey, shared(32))).toThrow(TypeError)
    expect(() => sm2VerifyDigest(key.publicKey, shared(32), new Uint8Array(70))).toThrow(TypeError)
    expect(() => sm2VerifyDigest(key.publicKey, new Uint8Array(32), shared(70))).toThrow(TypeError)
    expect(() => sm2Decrypt(key, shared(130))).toThrow(TypeError)
  })
})

describe('the addon', () => {
  const scalar = new Uint8Array(32).fill(1)
  const point = addon.sm2PublicPoint(scalar)

  test('takes nothing for a key that it did not make', () => {
    const e = new Uint8Array(32)
    const owner = {}
    addon.keyNew('AES-256-GCM', new Uint8Array(32), owner)
    for (const wrong of [{}, null, undefined, 7, new Uint8Array(8), owner]) {
      expect(() => addon.sm2Sign(wrong as never, e)).toThrow(TypeError)
      expect(() => addon.sm2Decrypt(wrong as never, e)).toThrow(TypeError)
    }
  })

  test('checks every argument', () => {
    expect(() => addon.sm2PublicPoint(scalar.subarray(1))).toThrow(TypeError)
    expect(() => addon.sm2PublicPoint('text' as never)).toThrow(TypeError)
    expect(() => addon.sm2Key(point.map((byte) => byte ^ 1))).toThrow(TypeError)
    expect(() => addon.sm2Key(point, scalar.subarray(1))).toThrow(TypeError)
    expect(() => addon.sm2Key(new Float64Array(65) as never)).toThrow(TypeError)
    expect(() => (addon.sm2Key as unknown as () => void)()).toThrow(TypeError)
  })

  test('signs in worker threads, each of which may end at any time', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      const native = require(workerData.addon)
      const key = native.sm2Key(workerData.point, workerData.scalar)
      const e = new Uint8Array(32).fill(7)
      parentPort.postMessage(native.sm2Verify(key, e, native.sm2Sign(key, e)))
      for (;;) native.sm2Sign(key, e)`
    const workers = Array.from(
      { length: 4 },
      () => new Worker(code, { eval: true, workerData: { addon: addonFile, point, scalar } }),
    )
    const verdicts = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)))
    expect(await Promise.all(verdicts)).toEqual([true, true, true, true])
    await Promise.all(workers.map((worker) => worker.terminate()))
  })

  test('works in an exit handler, and leaves with live keys', () => {
    const code = `
      const native = require(${JSON.stringify(addonFile)})
      const scalar = new Uint8Array(32).fill(1)
      globalThis.key = native.sm2Key(native.sm2PublicPoint(scalar), scalar)
      process.on('exit', () => {
        const e = new Uint8Array(32)
        process.stdout.write(String(native.sm2Verify(key, e, native.sm2Sign(key, e))))
      })`
    const { status, signal, stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' })
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: 'true' })
  })
})
