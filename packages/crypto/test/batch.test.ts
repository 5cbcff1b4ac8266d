import { randomBytes, randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type AeadAlgorithm, type Batch, DecryptionError, openBatch, Secret, sealBatch } from '../src/index.ts'
import { implementations } from './aead-implementations.ts'

const keySizes: Record<AeadAlgorithm, number> = { 'AES-256-GCM': 32, 'SM4-GCM': 16 }

function ascending(count: number, most: number): Uint32Array {
  let end = 0
  return Uint32Array.from({ length: count }, () => {
    end += randomInt(0, most + 1)
    return end
  })
}

function randomBatch(count: number): Required<Batch> {
  const [ends, aadEnds] = [ascending(count, 90), ascending(count, 20)]
  return {
    nonces: randomBytes(12 * count),
    aad: randomBytes(aadEnds.at(-1) ?? 0),
    aadEnds,
    values: randomBytes(ends.at(-1) ?? 0),
    ends,
  }
}

const sealedEnds = (ends: Uint32Array) => ends.map((end, i) => end + 16 * (i + 1))

describe.each(['AES-256-GCM', 'SM4-GCM'] as const)('%s', (algorithm) => {
  const key = randomBytes(keySizes[algorithm])

  describe.each(implementations(algorithm))('$name', ({ aead }) => {
    const cipher = aead(Secret.take(Uint8Array.from(key)))

    test.each([0, 1, 2, 100])('seals %i values as one call for each does, and opens them', (count) => {
      const batch = randomBatch(count)
      const sealed = sealBatch(cipher, batch)
      let [start, aadStart] = [0, 0]
      const one = Array.from(batch.ends, (end, i) => {
        const nonce = batch.nonces.subarray(12 * i, 12 * i + 12)
        const aadEnd = batch.aadEnds[i] ?? 0
        const result = cipher.seal(nonce, batch.aad.subarray(aadStart, aadEnd), batch.values.subarray(start, end))
        ;[start, aadStart] = [end, aadEnd]
        return result
      })
      expect(Buffer.compare(sealed, Buffer.concat(one))).toBe(0)
      const opened = openBatch(cipher, { ...batch, values: sealed, ends: sealedEnds(batch.ends) })
      expect(Buffer.compare(opened, batch.values)).toBe(0)
    })

    test('takes one associated data for all', () => {
      const { aadEnds, ...batch } = randomBatch(20)
      const sealed = sealBatch(cipher, batch)
      const first = cipher.seal(batch.nonces.subarray(0, 12), batch.aad, batch.values.subarray(0, batch.ends[0]))
      expect(Buffer.compare(sealed.subarray(0, first.length), first)).toBe(0)
      expect(aadEnds).toHaveLength(20)
    })

    test('opens all or none', () => {
      const batch = randomBatch(20)
      const sealed = sealBatch(cipher, batch)
      const ends = sealedEnds(batch.ends)
      for (const end of ends) {
        const changed = Uint8Array.from(sealed)
        changed[end - 1] = (changed[end - 1] ?? 0) ^ 1
        const into = new Uint8Array(batch.values.length)
        expect(() => openBatch(cipher, { ...batch, values: changed, ends }, into)).toThrow(DecryptionError)
        expect(into.every((byte) => byte === 0)).toBe(true)
      }
    })

    test('refuses parts that do not fit together', () => {
      const batch = randomBatch(5)
      const wrong: Partial<Batch>[] = [
        { nonces: new Uint8Array(59) },
        { ends: batch.ends.subarray(1) },
        { ends: batch.ends.map((end, i) => (i === 4 ? end + 1 : end)) },
        { ends: Uint32Array.of(9, 8, 8, 8, 8) },
        { aadEnds: batch.aadEnds.subarray(1) },
        { aad: new Uint8Array(0), aadEnds: Uint32Array.of(0, 0, 0, 0, 1) },
      ]
      for (const change of wrong) expect(() => sealBatch(cipher, { ...batch, ...change })).toThrow(TypeError)
      expect(() => sealBatch(cipher, batch, new Uint8Array(batch.values.length))).toThrow(TypeError)
      expect(() => openBatch(cipher, { ...batch, ends: Uint32Array.of(0, 15, 31, 47, 63) })).toThrow(TypeError)
    })
  })
})
