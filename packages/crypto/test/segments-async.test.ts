import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  aead,
  DecryptionError,
  openSegments,
  openSegmentsAsync,
  Secret,
  sealSegments,
  sealSegmentsAsync,
} from '../src/index.ts'

const MIB = 1_048_576
const sizes = [0, 1, 65_536, 131_071, 131_072, 200_000, 5 * 65_536, MIB + 1, 4 * MIB]

describe.each([
  { algorithm: 'AES-256-GCM', keySize: 32 },
  { algorithm: 'SM4-GCM', keySize: 16 },
] as const)('$algorithm', ({ algorithm, keySize }) => {
  const key = () => ({ aead: aead(algorithm, Secret.take(new Uint8Array(keySize))), aad: randomBytes(40) })

  test.each(sizes)('%i bytes are sealed on threads as without, and opened', async (size) => {
    const k = key()
    const plaintext = randomBytes(size)
    const first = size === 0 ? 0 : 3
    const sealed = await sealSegmentsAsync(k, first, plaintext, true)
    expect(Buffer.compare(sealed, sealSegments(k, first, plaintext, true))).toBe(0)
    expect(Buffer.compare(await openSegmentsAsync(k, first, sealed, true), plaintext)).toBe(0)
    expect(Buffer.compare(openSegments(k, first, sealed, true), plaintext)).toBe(0)
  })

  test('opens all or none', async () => {
    const k = key()
    const sealed = Uint8Array.from(await sealSegmentsAsync(k, 0, randomBytes(MIB), true))
    for (const at of [0, MIB / 2, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      const into = new Uint8Array(MIB)
      await expect(openSegmentsAsync(k, 0, changed, true, into)).rejects.toThrow(DecryptionError)
      expect(into.every((byte) => byte === 0)).toBe(true)
    }
  })

  test('goes on when its key is disposed meanwhile', async () => {
    const k = key()
    const plaintext = randomBytes(4 * MIB)
    const sealing = sealSegmentsAsync(k, 0, plaintext, true)
    k.aead[Symbol.dispose]()
    expect(Buffer.compare(openSegments({ ...key(), aad: k.aad }, 0, await sealing, true), plaintext)).toBe(0)
    await expect(sealSegmentsAsync(k, 0, plaintext, true)).rejects.toThrow(TypeError)
  })

  test('keeps its memory when someone tries to take it away', async () => {
    const k = key()
    const plaintext = new Uint8Array(4 * MIB).fill(7)
    const sealing = sealSegmentsAsync(k, 0, plaintext, true)
    try {
      structuredClone(plaintext.buffer, { transfer: [plaintext.buffer] })
    } catch (error) {
      expect(error).toMatchObject({ name: 'DataCloneError' })
    }
    expect(plaintext).toHaveLength(4 * MIB)
    expect(openSegments(k, 0, await sealing, true).every((byte) => byte === 7)).toBe(true)
  })

  test('refuses a result that overlaps, and memory that is shared', async () => {
    const k = key()
    const memory = new Uint8Array(MIB)
    const shared = new Uint8Array(new SharedArrayBuffer(MIB))
    await expect(sealSegmentsAsync(k, 0, memory.subarray(0, 300_000), true, memory)).rejects.toThrow(TypeError)
    await expect(sealSegmentsAsync(k, 0, memory, true, new Uint8Array(MIB))).rejects.toThrow(TypeError)
    await expect(sealSegmentsAsync(k, 0, shared, true)).rejects.toThrow(TypeError)
    await expect(sealSegmentsAsync(k, 0, memory.subarray(1), false)).rejects.toThrow(TypeError)
  })
})
