import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  openedSize,
  openMessage,
  parseHeader,
  sealedHeaderSize,
  sealedRange,
  sealedSize,
  sealMessage,
  verifyHeader,
  withRecipients,
  writeHeader,
} from '../../src/index.ts'
import { concat, flipBit, patterned } from '../changes.ts'
import { testedSuites } from '../suites.ts'
import { context, dataKey, options, recipient } from './example.ts'

const TAG = 16
const S = 4096

describe.each(testedSuites)('messages of $aead', (suite) => {
  const key = dataKey()
  const refused = (message: Uint8Array): void => {
    expect(() => openMessage(key, context, message)).toThrow(DecryptionError)
  }

  test.each([
    [0, 237],
    [1, 238],
    [5_000, 5_237],
    [65_536, 65_773],
    [65_537, 65_790],
  ])('the worked size of %i bytes is %i', (size, worked) => {
    const example = options(suite, { context: {}, segmentSize: 65_536 })
    expect(sealMessage(key, example, new Uint8Array(size))).toHaveLength(worked)
    expect(sealedHeaderSize(example)).toBe(221)
    expect(sealedSize(221, size)).toBe(worked)
    expect(openedSize(221, worked)).toBe(size)
  })

  test('a message opens to what was sealed', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * S + 1 }), fc.dictionary(text, text), (size, pairs) => {
        const plaintext = patterned(size)
        const message = sealMessage(key, options(suite, { context: pairs }), plaintext)
        expect(openMessage(key, pairs, message)).toEqual(plaintext)
      }),
    )
  })

  test('any changed bit is refused', () => {
    const message = sealMessage(key, options(suite), patterned(5))
    for (let bit = 0; bit < message.length * 8; bit++) refused(flipBit(message, bit))
    const long = sealMessage(key, options(suite), patterned(2 * S + 5))
    fc.assert(fc.property(fc.integer({ min: 0, max: long.length * 8 - 1 }), (bit) => refused(flipBit(long, bit))))
  })

  test('any cut and any extension is refused', () => {
    const message = sealMessage(key, options(suite), patterned(2 * S))
    const header = parseHeader(message).bytes.length
    for (const size of [...Array(header + 50).keys(), header + S + TAG, message.length - TAG, message.length - 1])
      refused(message.subarray(0, size))
    for (const more of [1, TAG, S + TAG]) refused(concat(message, new Uint8Array(more)))
  })

  test('swapped, dropped, repeated, appended segments and those of another message are refused', () => {
    const message = sealMessage(key, options(suite), patterned(3 * S + 100))
    const other = segments(sealMessage(key, options(suite), patterned(3 * S + 100)))
    const { header, parts } = segments(message)
    const [a, b, c, last] = parts as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    expect(openMessage(key, context, concat(header, a, b, c, last))).toEqual(patterned(3 * S + 100))
    refused(concat(header, b, a, c, last))
    refused(concat(header, a, c, last))
    refused(concat(header, a, b, c))
    refused(concat(header, a, b, b, c, last))
    refused(concat(header, a, b, c, last, last))
    refused(concat(header, a, b, c, c))
    refused(concat(header, a, b, c, last.subarray(0, 0)))
    refused(concat(header, a, other.parts[1] ?? b, c, last))
    refused(concat(other.header, a, b, c, last))
    refused(header)
  })

  test('another data key and another context are refused', () => {
    const message = sealMessage(key, options(suite), patterned(10))
    expect(() => openMessage(dataKey(0x12), context, message)).toThrow(DecryptionError)
    expect(() => openMessage(key, { ...context, more: '' }, message)).toThrow(DecryptionError)
    expect(() => openMessage(key, {}, message)).toThrow(DecryptionError)
  })

  test('recipients are replaced without touching the payload', () => {
    const message = sealMessage(key, options(suite), patterned(10_000))
    const header = parseHeader(message)
    const others = [1, 2, 3].map((byte) => ({ ...recipient, wrappedKey: Uint8Array.of(byte) }))
    const rewrapped = withRecipients(header, key, others, 2)
    const moved = concat(rewrapped.bytes, message.subarray(header.bytes.length))
    expect(openMessage(key, context, moved)).toEqual(patterned(10_000))
    expect(parseHeader(moved)).toMatchObject({ recipients: others, threshold: 2, context, salt: header.salt })
    expect(() => withRecipients(header, dataKey(0x12), others)).toThrow(DecryptionError)
  })

  test('recipients moved in from another message are refused', () => {
    const mine = parseHeader(sealMessage(key, options(suite), patterned(10)))
    const { header: theirs } = writeHeader(key, options(suite, { recipients: [{ ...recipient, region: 'other-1' }] }))
    const moved = concat(mine.bytes.subarray(0, 48), theirs.bytes.subarray(48))
    expect(() => verifyHeader(parseHeader(moved), key)).toThrow(DecryptionError)
  })

  test('two messages under one data key share no keystream', () => {
    const [a, b] = [0, 1].map(() => segments(sealMessage(key, options(suite), new Uint8Array(100))))
    expect(a?.parts).not.toEqual(b?.parts)
  })
})

test('sizes and ranges follow from each other', () => {
  const log2 = fc.integer({ min: 12, max: 20 })
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 92, max: 873_296 }), log2, (size, header, power) => {
      fc.pre(size <= 2 ** 48)
      const sealed = sealedSize(header, size, 2 ** power)
      expect(openedSize(header, sealed, 2 ** power)).toBe(size)
      const whole = sealedRange(header, 0, size, size, 2 ** power)
      expect(whole).toEqual({ start: header, end: sealed })
    }),
  )
})

test('a plaintext above 2^48 bytes has no size', () => {
  expect(openedSize(221, sealedSize(221, 2 ** 48))).toBe(2 ** 48)
  expect(openedSize(221, sealedSize(221, 2 ** 48 + 1))).toBeNull()
})

function segments(message: Uint8Array): { header: Uint8Array; parts: Uint8Array[] } {
  const header = parseHeader(message).bytes
  const parts: Uint8Array[] = []
  for (let at = header.length; at < message.length; at += S + TAG) parts.push(message.subarray(at, at + S + TAG))
  return { header, parts }
}
