import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type AeadAlgorithm, DecryptionError, NONCE_SIZE, Secret, TAG_SIZE } from '../src/index.ts'
import { implementations } from './aead-implementations.ts'
import { bytes, hex } from './vectors.ts'

const algorithms = ['AES-256-GCM', 'SM4-GCM'] as const
const keySizes: Record<AeadAlgorithm, number> = { 'AES-256-GCM': 32, 'SM4-GCM': 16 }

describe.each(algorithms)('%s', (algorithm) => {
  const key = randomBytes(keySizes[algorithm])
  const nonce = randomBytes(NONCE_SIZE)
  const secret = () => Secret.take(Uint8Array.from(key))
  const all = implementations(algorithm)

  test('every implementation seals every length to the same bytes, apart and in place', () => {
    const text = randomBytes(4100)
    const ciphers = all.map(({ aead }) => aead(secret()))
    for (let size = 0; size <= text.length; size++) {
      const plaintext = text.subarray(0, size)
      const aad = text.subarray(0, size % 301)
      const [first, ...others] = ciphers.map((cipher) => cipher.seal(nonce, aad, plaintext))
      for (const other of others) expect(Buffer.compare(other, first ?? key)).toBe(0)
      for (const cipher of ciphers) {
        const room = new Uint8Array(size + TAG_SIZE)
        room.set(plaintext)
        const sealed = cipher.seal(nonce, aad, room.subarray(0, size), room)
        expect(Buffer.compare(sealed, first ?? key)).toBe(0)
        expect(Buffer.compare(cipher.open(nonce, aad, sealed, sealed), plaintext)).toBe(0)
      }
    }
  })

  describe.each(all)('$name', ({ aead }) => {
    const empty = new Uint8Array(0)

    test('opens nothing that was changed, and leaves no plaintext', () => {
      using cipher = aead(secret())
      const sealed = cipher.seal(nonce, key, randomBytes(300))
      for (let bit = 0; bit < sealed.length * 8; bit += 7) {
        const changed = Uint8Array.from(sealed)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const into = new Uint8Array(300).fill(0xaa)
        expect(() => cipher.open(nonce, key, changed, into)).toThrow(DecryptionError)
        expect(into.every((byte) => byte === 0)).toBe(true)
      }
      expect(() => cipher.open(nonce, empty, sealed)).toThrow(DecryptionError)
      expect(() => cipher.open(randomBytes(NONCE_SIZE), key, sealed)).toThrow(DecryptionError)
      for (let size = 0; size < 20; size++)
        expect(() => cipher.open(nonce, key, sealed.subarray(0, size))).toThrow(DecryptionError)
    })

    test('refuses a nonce of any other size', () => {
      using cipher = aead(secret())
      for (const size of [0, 11, 13, 16]) {
        expect(() => cipher.seal(new Uint8Array(size), empty, empty)).toThrow(TypeError)
        expect(() => cipher.open(new Uint8Array(size), empty, new Uint8Array(16))).toThrow(TypeError)
      }
    })

    test('refuses a key of any other size', () => {
      for (const size of [0, 15, 17, 24, 31, 33, 48]) expect(() => aead(Secret.random(size))).toThrow(TypeError)
    })

    test('refuses a result that is too small, or overlaps its input elsewhere than in place', () => {
      using cipher = aead(secret())
      const memory = new Uint8Array(1000)
      expect(() => cipher.seal(nonce, empty, memory.subarray(0, 100), new Uint8Array(115))).toThrow(TypeError)
      expect(() => cipher.open(nonce, empty, memory.subarray(0, 100), new Uint8Array(83))).toThrow(TypeError)
      expect(() => cipher.seal(nonce, empty, memory.subarray(0, 100), memory.subarray(1))).toThrow(TypeError)
      expect(() => cipher.seal(nonce, empty, memory.subarray(10, 110), memory)).toThrow(TypeError)
      expect(() => cipher.open(nonce, empty, memory.subarray(10, 110), memory)).toThrow(TypeError)
      expect(() =>
        cipher.seal(nonce, memory.subarray(150, 170), memory.subarray(0, 100), memory.subarray(100)),
      ).toThrow(TypeError)
    })

    test('refuses shared and detached memory, and what is no Uint8Array', () => {
      using cipher = aead(secret())
      const shared = new Uint8Array(new SharedArrayBuffer(64))
      const detached = new Uint8Array(64)
      structuredClone(detached.buffer, { transfer: [detached.buffer] })
      for (const wrong of [shared, detached, 'text', null, 7, new Uint16Array(32), new DataView(new ArrayBuffer(64))]) {
        const bad = wrong as unknown as Uint8Array
        expect(() => cipher.seal(nonce, empty, bad, new Uint8Array(80))).toThrow(TypeError)
        expect(() => cipher.seal(nonce, bad, empty)).toThrow(TypeError)
        expect(() => cipher.seal(bad, empty, empty)).toThrow(TypeError)
        expect(() => cipher.seal(nonce, empty, empty, bad)).toThrow(TypeError)
        expect(() => cipher.open(nonce, empty, bad, new Uint8Array(80))).toThrow(TypeError)
        expect(() => cipher.open(nonce, empty, new Uint8Array(64), bad)).toThrow(TypeError)
      }
    })

    test('refuses to work after dispose, which may be repeated', () => {
      const cipher = aead(secret())
      cipher[Symbol.dispose]()
      cipher[Symbol.dispose]()
      expect(() => cipher.seal(nonce, empty, empty)).toThrow(TypeError)
      expect(() => cipher.open(nonce, empty, new Uint8Array(16))).toThrow(TypeError)
    })
  })
})

test.each(implementations('SM4-GCM'))('RFC 8998, appendix A.1 by $name', ({ aead }) => {
  using cipher = aead(Secret.take(bytes('0123456789abcdeffedcba9876543210')))
  const nonce = bytes('00001234567800000000abcd')
  const aad = bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  const plaintext = bytes(
    'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa',
  )
  const sealed = cipher.seal(nonce, aad, plaintext)
  expect(hex(sealed)).toBe(
    '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d' +
      '83de3541e4c2b58177e065a9bf7b62ec',
  )
  expect(hex(cipher.open(nonce, aad, sealed))).toBe(hex(plaintext))
})
