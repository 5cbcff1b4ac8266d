import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { aead, DecryptionError, openAsync, Secret, sealAsync } from '../src/index.ts'

const MIB = 1_048_576
const nonce = randomBytes(12)
const aad = randomBytes(40)

describe.each([
  { algorithm: 'AES-256-GCM', keySize: 32 },
  { algorithm: 'SM4-GCM', keySize: 16 },
] as const)('$algorithm', ({ algorithm, keySize }) => {
  const newKey = () => aead(algorithm, Secret.take(new Uint8Array(keySize)))

  test.each([0, 1, 131_071, 131_072, 131_089, MIB + 1])('%i bytes are sealed on a thread as without', async (size) => {
    const key = newKey()
    const plaintext = randomBytes(size)
    const sealed = await sealAsync(key, nonce, aad, plaintext)
    expect(Buffer.compare(sealed, key.seal(nonce, aad, plaintext))).toBe(0)
    expect(Buffer.compare(await openAsync(key, nonce, aad, sealed), plaintext)).toBe(0)
  })

  test('in place', async () => {
    const key = newKey()
    const memory = new Uint8Array(MIB + 16).fill(7)
    const sealed = await sealAsync(key, nonce, aad, memory.subarray(0, MIB), memory)
    expect(sealed.buffer).toBe(memory.buffer)
    expect(Buffer.compare(sealed, key.seal(nonce, aad, new Uint8Array(MIB).fill(7)))).toBe(0)
    const opened = await openAsync(key, nonce, aad, sealed, memory)
    expect(opened).toHaveLength(MIB)
    expect(opened.every((byte) => byte === 7)).toBe(true)
  })

  test('many at once, and their key disposed meanwhile', async () => {
    const key = newKey()
    const plaintexts = Array.from({ length: 6 }, (_, i) => new Uint8Array(MIB).fill(i))
    const sealing = plaintexts.map((plaintext) => sealAsync(key, nonce, aad, plaintext))
    key[Symbol.dispose]()
    const other = newKey()
    for (const [i, sealed] of (await Promise.all(sealing)).entries())
      expect(Buffer.compare(sealed, other.seal(nonce, aad, new Uint8Array(MIB).fill(i)))).toBe(0)
    await expect(sealAsync(key, nonce, aad, new Uint8Array(MIB))).rejects.toThrow(TypeError)
  })

  test('the nonce and the associated data may be used again at once', async () => {
    const key = newKey()
    const [n, a, plaintext] = [Uint8Array.from(nonce), Uint8Array.from(aad), randomBytes(4 * MIB)]
    const sealing = sealAsync(key, n, a, plaintext)
    n.fill(0)
    a.fill(0)
    expect(Buffer.compare(await sealing, key.seal(nonce, aad, plaintext))).toBe(0)
  })

  test('what is not authentic is refused and leaves no plaintext', async () => {
    const key = newKey()
    const sealed = await sealAsync(key, nonce, aad, randomBytes(MIB))
    for (const at of [0, MIB / 2, MIB + 15]) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      const into = new Uint8Array(MIB)
      await expect(openAsync(key, nonce, aad, changed, into)).rejects.toThrow(DecryptionError)
      expect(into.every((byte) => byte === 0)).toBe(true)
    }
    await expect(openAsync(key, nonce, aad, new Uint8Array(15))).rejects.toThrow(DecryptionError)
  })

  test('refuses what the call without a thread refuses', async () => {
    const key = newKey()
    const memory = new Uint8Array(MIB)
    const shared = new Uint8Array(new SharedArrayBuffer(MIB))
    await expect(sealAsync(key, nonce, aad, memory, memory)).rejects.toThrow(TypeError)
    await expect(sealAsync(key, nonce, aad, memory.subarray(0, 300_000), memory.subarray(1))).rejects.toThrow(TypeError)
    await expect(sealAsync(key, nonce, aad, shared)).rejects.toThrow(TypeError)
    await expect(sealAsync(key, nonce.subarray(1), aad, memory)).rejects.toThrow(TypeError)
    await expect(openAsync(key, nonce.subarray(1), aad, memory)).rejects.toThrow(TypeError)
    await expect(openAsync(key, nonce, aad, memory, new Uint8Array(MIB - 17))).rejects.toThrow(TypeError)
  })
})
