import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  openSegmentsShared,
  openStream,
  Secret,
  sealSegments,
  sealSegmentsShared,
  sealStream,
} from '../src/index.ts'
import { implementations } from './aead-implementations.ts'
import { concat, flipBit, patterned } from './changes.ts'

const MIB = 1_048_576
const plaintext = patterned(2 * MIB + 5)
const algorithms = [
  { algorithm: 'AES-256-GCM', keySize: 32 },
  { algorithm: 'SM4-GCM', keySize: 16 },
] as const
const cases = algorithms.flatMap(({ algorithm, keySize }) =>
  implementations(algorithm)
    .filter(({ name }) => algorithm === 'AES-256-GCM' || name !== 'the portable twin')
    .map(({ name, aead }) => ({ name, aead: aead(Secret.take(new Uint8Array(keySize).fill(3))) })),
)

describe.each(cases)('$name, by several threads', ({ aead }) => {
  const key = { aead, aad: new Uint8Array(3) }
  const sealed = sealSegments(key, 0, plaintext, true)

  test.each([0, 1, 65_536, 262_144, 262_145, plaintext.length])('%i bytes are the same as by one', (size) => {
    const text = plaintext.subarray(0, size)
    const result = sealSegmentsShared(key, 0, text, true)
    expect(same(result, sealSegments(key, 0, text, true))).toBe(true)
    expect(same(openSegmentsShared(key, 0, result, true), text)).toBe(true)
  })

  test('what was changed is refused and leaves no plaintext', () => {
    const into = new Uint8Array(plaintext.length).fill(1)
    for (const at of [0, 65_552 * 17, sealed.length - 1])
      expect(() => openSegmentsShared(key, 0, flipBit(sealed, 8 * at), true, into)).toThrow(DecryptionError)
    expect(into.every((byte) => byte === 0)).toBe(true)
  })

  test('streams of chunks that end within segments, by one thread and by several', async () => {
    for (const parallel of [false, true])
      for (const chunk of [300_000, MIB]) {
        expect(same(await all(sealStream(key, every(plaintext, chunk), { parallel })), sealed)).toBe(true)
        expect(same(await all(openStream(key, every(sealed, chunk), { parallel })), plaintext)).toBe(true)
      }
  })

  test('segments as large as the largest run, and larger', async () => {
    for (const segmentSize of [MIB, 2 ** 22, 2 ** 23]) {
      const wide = { ...key, segmentSize }
      const whole = sealSegments(wide, 0, plaintext, true)
      for (const parallel of [false, true])
        expect(same(await all(openStream(wide, every(whole, 1_000_003), { parallel })), plaintext)).toBe(true)
    }
  })

  test('refuses memory that is shared, detached or overlaps', () => {
    const memory = new Uint8Array(MIB)
    const shared = new Uint8Array(new SharedArrayBuffer(MIB))
    const gone = new Uint8Array(16)
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    expect(() => sealSegmentsShared(key, 0, shared, true)).toThrow(TypeError)
    expect(() => sealSegmentsShared(key, 0, gone, true)).toThrow(TypeError)
    expect(() => sealSegmentsShared(key, 0, memory, true, new Uint8Array(MIB))).toThrow(TypeError)
    expect(() => sealSegmentsShared(key, 0, memory.subarray(0, 300_000), true, memory)).toThrow(TypeError)
    expect(() => openSegmentsShared(key, 0, shared, true)).toThrow(TypeError)
    expect(() => openSegmentsShared(key, 0, memory.subarray(0, 300_000), true, memory)).toThrow(TypeError)
    expect(memory.every((byte) => byte === 0)).toBe(true)
  })
})

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const received: Uint8Array[] = []
  for await (const chunk of chunks) received.push(chunk)
  return concat(...received)
}

function* every(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
