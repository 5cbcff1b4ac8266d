import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  equalBytes,
  HKDF_MAX,
  hkdf,
  hkdfExpand,
  hkdfExtract,
  hmac,
  hmacVerify,
  KEY_WRAP_MAX,
  Secret,
  unwrapKey,
  wrapKey,
  wrappedKeySize,
} from '../src/index.ts'
import { bytes, hex, vectors } from './vectors.ts'

const secret = (text: string): Secret => Secret.take(bytes(text))

test.each(vectors<{ tests: { message: string; digest: string }[] }>('standards/gbt-32905.json').tests)(
  'SM3 of $message',
  ({ message, digest }) => {
    expect(createHash('sm3').update(bytes(message)).digest('hex')).toBe(digest)
  },
)

describe('HMAC', () => {
  test.each(vectors<{ tests: { key: string; message: string; tag: string }[] }>('standards/rfc-4231.json').tests)(
    'SHA-256 under $key',
    ({ key, message, tag }) => {
      expect(hex(hmac('sha256', secret(key), bytes(message)))).toBe(tag)
      expect(hmacVerify('sha256', secret(key), bytes(tag), bytes(message))).toBe(true)
    },
  )

  test('over parts is over their concatenation', () => {
    const key = Secret.random(32)
    const whole = hmac('sm3', key, bytes('00010203'))
    expect(hmac('sm3', key, bytes('00'), new Uint8Array(0), bytes('010203'))).toEqual(whole)
  })

  test('refuses a cut, a longer and a changed tag', () => {
    const key = Secret.random(32)
    const tag = hmac('sm3', key, bytes('aa'))
    const changed = Uint8Array.from(tag, (byte, i) => (i === 31 ? byte ^ 1 : byte))
    for (const bad of [tag.subarray(0, 31), Buffer.concat([tag, tag]), changed, new Uint8Array(0)])
      expect(hmacVerify('sm3', key, bad, bytes('aa'))).toBe(false)
  })
})

test('bytes are equal by value and by length', () => {
  expect(equalBytes(bytes('0102'), bytes('0102'))).toBe(true)
  expect(equalBytes(bytes('0102'), bytes('0103'))).toBe(false)
  expect(equalBytes(bytes('0102'), bytes('01'))).toBe(false)
})

describe('HKDF', () => {
  const cases = vectors<{ tests: { key: string; salt: string; info: string; prk: string; okm: string }[] }>(
    'standards/rfc-5869.json',
  ).tests

  test.each(cases)('with the salt $salt', ({ key, salt, info, prk, okm }) => {
    const extracted = hkdfExtract('sha256', bytes(salt), secret(key))
    expect(hex(extracted.bytes())).toBe(prk)
    expect(hex(hkdfExpand('sha256', extracted, bytes(info), okm.length / 2).bytes())).toBe(okm)
    expect(hex(hkdf('sha256', secret(key), bytes(salt), bytes(info), okm.length / 2).bytes())).toBe(okm)
  })

  test.each([1, HKDF_MAX])('makes %i bytes', (size) => {
    expect(hkdf('sm3', Secret.random(32), new Uint8Array(0), new Uint8Array(0), size).size).toBe(size)
  })

  test.each([0, HKDF_MAX + 1, 1.5, Number.NaN])('does not make %d bytes', (size) => {
    expect(() => hkdf('sm3', Secret.random(32), new Uint8Array(0), new Uint8Array(0), size)).toThrow(TypeError)
  })
})

describe('AES-KWP', () => {
  const { kek, tests } = vectors<{ kek: string; tests: { key: string; wrapped: string }[] }>('standards/rfc-5649.json')

  test.each(tests)('wraps $key', ({ key, wrapped }) => {
    expect(hex(wrapKey(secret(kek), secret(key)))).toBe(wrapped)
    expect(hex(unwrapKey(secret(kek), bytes(wrapped)).bytes())).toBe(key)
  })

  test.each([1, 7, 8, 9, 31, 32, 1217, KEY_WRAP_MAX])('gives %i bytes back, and no others', (size) => {
    const kek = Secret.random(32)
    const key = Secret.random(size)
    const wrapped = wrapKey(kek, key)
    expect(wrapped.length).toBe(wrappedKeySize(size))
    expect(equalBytes(unwrapKey(kek, wrapped).bytes(), key.bytes())).toBe(true)
    for (const at of new Set([0, 7, 8, wrapped.length - 1]))
      expect(() =>
        unwrapKey(
          kek,
          Uint8Array.from(wrapped, (b, i) => (i === at ? b ^ 0x80 : b)),
        ),
      ).toThrow(DecryptionError)
    expect(() => unwrapKey(Secret.random(32), wrapped)).toThrow(DecryptionError)
    expect(() => unwrapKey(kek, wrapped.subarray(8))).toThrow(DecryptionError)
  })

  test('does not wrap what it could not give back', () => {
    expect(() => wrapKey(Secret.random(32), Secret.random(0))).toThrow(TypeError)
    expect(() => wrapKey(Secret.random(32), Secret.random(KEY_WRAP_MAX + 1))).toThrow(TypeError)
    expect(() => wrapKey(Secret.random(31), Secret.random(32))).toThrow('16, 24 or 32 bytes')
    for (const size of [0, 8, 15, 17, KEY_WRAP_MAX + 16])
      expect(() => unwrapKey(Secret.random(32), new Uint8Array(size))).toThrow(DecryptionError)
  })
})
