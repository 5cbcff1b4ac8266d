import { afterAll, describe, expect, test } from 'vitest'
import {
  openAsync,
  openBatch,
  openSegments,
  openSegmentsAsync,
  openSegmentsShared,
  Secret,
  sealAsync,
  sealBatch,
  sealSegments,
  sealSegmentsAsync,
  sealSegmentsShared,
} from '../src/index.ts'
import { implementations } from './aead-implementations.ts'

/** One more than 32 bits can count. Nobody touches it, so it takes no memory; null where the system reserves none. */
let large: Uint8Array | null = reserve(2 ** 32)

function reserve(size: number): Uint8Array | null {
  try {
    return new Uint8Array(size)
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    return null
  }
}

afterAll(() => {
  large = null
})

const nonce = new Uint8Array(12)
const none = new Uint8Array(0)
/** Room for the result if sizes were cut to 32 bits, and not for the real one. */
const small = () => new Uint8Array(2 ** 21)

const algorithms = [
  { algorithm: 'AES-256-GCM', keySize: 32 },
  { algorithm: 'SM4-GCM', keySize: 16 },
] as const
const cases = algorithms.flatMap(({ algorithm, keySize }) =>
  implementations(algorithm).map(({ name, aead }) => ({ name: `${algorithm}, ${name}`, aead, keySize })),
)

describe.each(cases)('4 GiB, $name', ({ aead, keySize }) => {
  const cipher = () => aead(Secret.random(keySize))

  test('no size is cut to 32 bits: room for the rest of it is refused, before a byte is written', () => {
    const [value, into] = [large ?? new Uint8Array(2 ** 22), small()]
    const key = { aead: cipher(), aad: none }
    expect(() => key.aead.seal(nonce, none, value, into)).toThrow(TypeError)
    expect(() => key.aead.open(nonce, none, value, into)).toThrow(TypeError)
    expect(() => key.aead.seal(nonce, value, none, new Uint8Array(0))).toThrow(TypeError)
    expect(() => sealSegments(key, 0, value, true, into)).toThrow(TypeError)
    expect(() => openSegments(key, 0, value, true, into)).toThrow(TypeError)
    expect(() => sealSegmentsShared(key, 0, value, true, into)).toThrow(TypeError)
    expect(() => openSegmentsShared(key, 0, value, true, into)).toThrow(TypeError)
    expect(into.every((byte) => byte === 0)).toBe(true)
  })

  test('nor in calls on threads', async () => {
    const [value, into] = [large ?? new Uint8Array(2 ** 22), small()]
    const key = { aead: cipher(), aad: none }
    await expect(sealAsync(key.aead, nonce, none, value, into)).rejects.toThrow(TypeError)
    await expect(openAsync(key.aead, nonce, none, value, into)).rejects.toThrow(TypeError)
    await expect(sealSegmentsAsync(key, 0, value, true, into)).rejects.toThrow(TypeError)
    await expect(openSegmentsAsync(key, 0, value, true, into)).rejects.toThrow(TypeError)
    expect(into.every((byte) => byte === 0)).toBe(true)
  })

  test('nor in a batch of one value of almost 4 GiB', () => {
    const ends = Uint32Array.of(2 ** 32 - 1)
    const batch = { nonces: nonce, aad: none, values: large ?? new Uint8Array(2 ** 22), ends }
    expect(() => sealBatch(cipher(), batch, small())).toThrow(TypeError)
    expect(() => openBatch(cipher(), batch, small())).toThrow(TypeError)
  })
})
