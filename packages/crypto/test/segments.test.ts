import { describe, expect, test } from 'vitest'
import { SEGMENTS_PLAINTEXT_MAX, type SegmentKey, segmentNonce } from '../src/index.ts'
import { implementations } from './artefacts/implementations.ts'
import { concat, flipBit, patterned } from './changes.ts'

const S = 4096

describe.each(await implementations())('$name segments', ({ crypto }) => {
  describe.each(['aes', 'gm'] as const)('of suite %s', (suite) => {
    const { aead: algorithm, keySize } = crypto.suites[suite]
    const cipher = crypto.aead(algorithm, crypto.Secret.take(new Uint8Array(keySize).fill(3)))
    const key: SegmentKey = { aead: cipher, aad: new Uint8Array([1, 2, 3]), segmentSize: S }

    test('a run in the middle is the same as the run of the whole', () => {
      const whole = crypto.sealSegments(key, 0, patterned(4 * S), true)
      const middle = crypto.sealSegments(key, 1, patterned(4 * S).subarray(S, 3 * S), false)
      expect(Buffer.compare(middle, whole.subarray(S + 16, 3 * (S + 16)))).toBe(0)
    })

    test('the memory given for the plaintext holds none of it after a failure', () => {
      const sealed = crypto.sealSegments(key, 0, patterned(3 * S), true)
      const into = new Uint8Array(3 * S).fill(9)
      const broken = flipBit(sealed, 8 * (2 * (S + 16) + 5))
      expect(() => crypto.openSegments(key, 0, broken, true, into)).toThrow(crypto.DecryptionError)
      expect(into.subarray(0, 2 * S).every((byte) => byte === 0)).toBe(true)
    })

    test('an empty segment behind others is refused, though it was sealed with the key', () => {
      const first = crypto.sealSegments(key, 0, patterned(S), false)
      const empty = cipher.seal(segmentNonce(1, true), key.aad, new Uint8Array(0))
      expect(() => crypto.openSegments(key, 0, concat(first, empty), true)).toThrow(crypto.DecryptionError)
      expect(() => crypto.openSegments(key, 1, empty, true)).toThrow(crypto.DecryptionError)
    })

    test('2^48 bytes, and not one more', () => {
      const last = SEGMENTS_PLAINTEXT_MAX / S - 1
      const sealed = crypto.sealSegments(key, last, patterned(S), true)
      expect(crypto.openSegments(key, last, sealed, true)).toHaveLength(S)
      expect(() => crypto.sealSegments(key, last + 1, patterned(1), true)).toThrow(RangeError)
      const beyond = cipher.seal(segmentNonce(last + 1, true), key.aad, patterned(1))
      expect(() => crypto.openSegments(key, last + 1, beyond, true)).toThrow(crypto.DecryptionError)
    })
  })
})

test('the nonce counts in eleven bytes', () => {
  const hex = (index: number, last: boolean) => Buffer.from(segmentNonce(index, last)).toString('hex')
  expect(hex(0, false)).toBe('000000000000000000000000')
  expect(hex(1, true)).toBe('000000000000000000000101')
  expect(hex(2 ** 32 + 2, false)).toBe('000000000000010000000200')
})
