import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  openHeadedMessage,
  openMessage,
  parseHeader,
  planMessages,
  type Recipient,
  Secret,
  sealMessage,
  sealPlanned,
  sealSegments,
  writeHeader,
} from '../../src/index.ts'
import { openSmallMessage } from '../../src/message/small-message.ts'
import { flipBit } from '../changes.ts'
import { testedSuites } from '../suites.ts'

const dataKey = Secret.take(new Uint8Array(randomBytes(32)))
const recipient = (size: number): Recipient => ({
  provider: 'hufu',
  region: 'north',
  keyId: 'key',
  wrappedKey: new Uint8Array(randomBytes(size)),
})

describe.each(testedSuites)('planned messages, of $aead', (suite) => {
  const options = { suite, context: { b: '2', a: '1' }, recipients: [recipient(90)], segmentSize: 4096 }

  test.each([0, 1, 4095, 4097, 20_000])('of %i bytes open as any other, each with a salt of its own', (size) => {
    const plan = planMessages(options)
    const plaintext = new Uint8Array(randomBytes(size))
    const [one, other] = [sealPlanned(dataKey, plan, plaintext), sealPlanned(dataKey, plan, plaintext)]
    for (const message of [one, other])
      expect(Buffer.compare(openMessage(dataKey, options.context, message), plaintext)).toBe(0)
    expect(Buffer.compare(parseHeader(one).salt, parseHeader(other).salt)).not.toBe(0)
    expect(one).toHaveLength(sealMessage(dataKey, options, plaintext).length)
  })

  test('are refused when they do not fit', () => {
    expect(() => planMessages({ ...options, segmentSize: 5000 })).toThrow(TypeError)
    expect(() => planMessages({ ...options, recipients: [] })).toThrow(TypeError)
  })
})

describe.each(testedSuites)('a message of one segment, of $aead', (suite) => {
  test('is, made in one call, what its parts make', () => {
    const option = fc.record({
      size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(4095, 4096, 4097, 8200)),
      context: fc.dictionary(
        fc.string({ unit: 'grapheme', maxLength: 9 }),
        fc.string({ unit: 'grapheme', maxLength: 500 }),
        { maxKeys: 9 },
      ),
      recipients: fc.array(fc.integer({ min: 1, max: 900 }).map(recipient), { minLength: 1, maxLength: 6 }),
      segmentSize: fc.constantFrom(4096, 65_536, 2 ** 20),
    })
    fc.assert(
      fc.property(option, ({ size, ...given }) => {
        const plaintext = new Uint8Array(randomBytes(size))
        const options = {
          ...given,
          suite,
          threshold: given.recipients.length,
          unsafeSalt: new Uint8Array(randomBytes(32)),
        }
        const { header, payload } = writeHeader(dataKey, options)
        using key = payload
        const expected = Buffer.concat([header.bytes, sealSegments(key, 0, plaintext, true)])
        expect(Buffer.compare(sealMessage(dataKey, options, plaintext), expected)).toBe(0)
      }),
    )
  })

  test('draws a salt of its own, and opens', () => {
    const [plaintext, context] = [new Uint8Array(randomBytes(1000)), { a: 'b' }]
    const options = { suite, context, recipients: [recipient(9)] }
    const messages = Array.from({ length: 300 }, () => sealMessage(dataKey, options, plaintext))
    expect(new Set(messages.map((message) => Buffer.from(message.subarray(8, 40)).toString('hex'))).size).toBe(300)
    for (const message of messages) expect(openMessage(dataKey, context, message)).toEqual(plaintext)
  })

  test('opens in one call, and one that was changed anywhere or cut does not open', () => {
    const [plaintext, context] = [new Uint8Array(randomBytes(40)), { a: 'b' }]
    const message = sealMessage(dataKey, { suite, context, recipients: [recipient(9)] }, plaintext)
    const header = parseHeader(message)
    expect(openSmallMessage(dataKey, header, message)).toEqual(plaintext)
    expect(openSmallMessage(Secret.random(32), header, message)).toBeNull()
    for (let bit = 0; bit < 8 * message.length; bit++)
      expect(() => openMessage(dataKey, context, flipBit(message, bit))).toThrow(DecryptionError)
    for (let size = 0; size < message.length; size++)
      expect(() => openMessage(dataKey, context, message.subarray(0, size))).toThrow(DecryptionError)
  })

  test('opens what it makes, at every size around the one that takes more calls', () => {
    for (const size of [0, 1, 4095, 4096, 4097, 8200]) {
      const plaintext = new Uint8Array(randomBytes(size))
      const message = sealMessage(dataKey, { suite, segmentSize: 4096, recipients: [recipient(9)] }, plaintext)
      expect(openHeadedMessage(dataKey, parseHeader(message), message)).toEqual(plaintext)
    }
  })

  test('refuses what does not fit', () => {
    const plaintext = new Uint8Array(9)
    const wrong = (options: Parameters<typeof sealMessage>[1], key = dataKey) =>
      expect(() => sealMessage(key, options, plaintext)).toThrow(TypeError)
    wrong({ suite, recipients: [] })
    wrong({ suite, recipients: [recipient(9)], threshold: 2 })
    wrong({ suite, recipients: [recipient(9)], segmentSize: 4097 })
    wrong({ suite, recipients: [recipient(9)], unsafeSalt: new Uint8Array(31) })
    wrong({ suite, recipients: [recipient(9)] }, Secret.random(31))
  })
})
