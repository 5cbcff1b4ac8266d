import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aead,
  DecryptionError,
  openAsync,
  openSegmentsAsync,
  Secret,
  sealAsync,
  sealSegments,
  sealSegmentsAsync,
} from '../src/index.ts'
import { patterned } from './changes.ts'

const MIB = 1_048_576
const taken = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'transfer')

/** As `transfer` of Node 22 and later. */
function transfer(this: ArrayBuffer): ArrayBuffer {
  return structuredClone(this, { transfer: [this] })
}

/** Takes the memory away, as a script can where there is `transfer`. */
const take = (bytes: Uint8Array): unknown => (bytes.buffer as ArrayBuffer & { transfer(): ArrayBuffer }).transfer()

describe.each([
  { algorithm: 'AES-256-GCM', keySize: 32 },
  { algorithm: 'SM4-GCM', keySize: 16 },
] as const)('$algorithm where scripts can take memory away', ({ algorithm, keySize }) => {
  const cipher = () => aead(algorithm, Secret.take(new Uint8Array(keySize)))
  const nonce = new Uint8Array(12)
  const none = new Uint8Array(0)

  beforeAll(() => {
    if (taken === undefined)
      Object.defineProperty(ArrayBuffer.prototype, 'transfer', { value: transfer, configurable: true, writable: true })
  })

  afterAll(() => {
    if (taken === undefined) Reflect.deleteProperty(ArrayBuffer.prototype, 'transfer')
  })

  test('an input that is taken meanwhile was copied before', async () => {
    const key = { aead: cipher(), aad: none }
    const plaintext = patterned(3 * MIB + 5)
    const run = Uint8Array.from(plaintext)
    const value = Uint8Array.from(plaintext)
    const results = [sealSegmentsAsync(key, 0, run, true), sealAsync(key.aead, nonce, none, value)] as const
    for (const bytes of [run, value]) take(bytes)
    expect(run).toHaveLength(0)
    const [sealedRun, sealedValue] = await Promise.all(results)
    expect(Buffer.compare(sealedRun, sealSegments(key, 0, plaintext, true))).toBe(0)
    expect(Buffer.compare(sealedValue, key.aead.seal(nonce, none, plaintext))).toBe(0)
  })

  test('a result whose memory is taken meanwhile is a TypeError', async () => {
    const key = { aead: cipher(), aad: none }
    const into = new Uint8Array(2 * MIB)
    const sealing = sealSegmentsAsync(key, 0, patterned(MIB), true, into)
    take(into)
    await expect(sealing).rejects.toThrow(TypeError)
  })

  test('results go where they are wanted, also in place, and what is not authentic leaves zeros', async () => {
    const key = { aead: cipher(), aad: none }
    const memory = new Uint8Array(MIB + 16)
    memory.set(patterned(MIB))
    const sealed = await sealAsync(key.aead, nonce, none, memory.subarray(0, MIB), memory)
    expect(sealed.buffer).toBe(memory.buffer)
    expect(
      Buffer.compare(await openAsync(key.aead, nonce, none, Uint8Array.from(sealed), memory), patterned(MIB)),
    ).toBe(0)
    const run = sealSegments(key, 0, patterned(MIB), true)
    const into = new Uint8Array(MIB).fill(1)
    expect(Buffer.compare(await openSegmentsAsync(key, 0, run, true, into), patterned(MIB))).toBe(0)
    run[MIB - 1] = (run[MIB - 1] ?? 0) ^ 1
    await expect(openSegmentsAsync(key, 0, run, true, into)).rejects.toThrow(DecryptionError)
    expect(into.every((byte) => byte === 0)).toBe(true)
  })

  test('refuses what it refuses elsewhere', async () => {
    const key = { aead: cipher(), aad: none }
    const memory = new Uint8Array(MIB)
    const shared = new Uint8Array(new SharedArrayBuffer(MIB))
    const detached = new Uint8Array(MIB)
    const calls = [
      () => sealSegmentsAsync(key, 0, memory.subarray(0, 300_000), true, memory),
      () => sealSegmentsAsync(key, 0, memory, true, new Uint8Array(MIB)),
      () => sealSegmentsAsync(key, 0, shared, true),
      () => sealAsync(key.aead, nonce, none, memory, memory),
      () => sealAsync(key.aead, nonce, none, memory.subarray(0, 300_000), memory.subarray(1)),
      () => sealAsync(key.aead, nonce, none, memory, shared),
      () => openAsync(key.aead, nonce, none, memory, new Uint8Array(MIB - 17)),
    ]
    for (const call of calls) await expect(call()).rejects.toThrow(TypeError)
    take(detached)
    await expect(sealAsync(key.aead, nonce, none, memory, detached)).rejects.toThrow(TypeError)
  })
})
