import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  Secret,
  SM2_MESSAGE_MAX,
  Sm2PrivateKey,
  Sm2PublicKey,
  sm2Decrypt,
  sm2Encrypt,
  sm2MessageDigest,
  sm2Sign,
  sm2SignDigest,
  sm2Verify,
  sm2VerifyDigest,
} from '../../src/index.ts'
import type { Sm2Engine } from '../../src/sm2/engine.ts'
import { bytes, hex, vectors } from '../vectors.ts'

export interface Gbt32918 {
  privateKey: string
  publicKey: string
  signature: { userId: string; message: string; z: string; e: string; r: string; s: string }
  encryption: { message: string; c1: string; c3: string; c2: string }
}

export const standard = vectors<Gbt32918>('standards/gbt-32918.json')
const flip = (data: Uint8Array, at: number): Uint8Array => Uint8Array.from(data, (b, i) => (i === at ? b ^ 1 : b))

/** What every SM2 engine must do. */
export function describeSm2Engine(name: string, engine: Sm2Engine): void {
  describe(`SM2 by the ${name} engine`, () => {
    const key = Sm2PrivateKey.fromScalar(Secret.take(bytes(standard.privateKey)), engine)
    const other = Sm2PrivateKey.generate(engine)
    const message = Buffer.from(standard.signature.message)

    test('has the public key of the standard', () => {
      expect(hex(key.publicKey.toPoint())).toBe(standard.publicKey)
    })

    test('verifies the signature of the standard', () => {
      const raw = bytes(standard.signature.r + standard.signature.s)
      expect(hex(sm2MessageDigest(key.publicKey, message))).toBe(standard.signature.e)
      expect(sm2Verify(key.publicKey, message, raw, { format: 'raw' })).toBe(true)
      expect(sm2VerifyDigest(key.publicKey, bytes(standard.signature.e), raw, { format: 'raw' })).toBe(true)
    })

    test('opens the ciphertext of the standard in its three forms', () => {
      const { c1, c3, c2, message: text } = standard.encryption
      const raw = bytes(c1 + c3 + c2)
      expect(Buffer.from(sm2Decrypt(key, raw)).toString()).toBe(text)
      expect(Buffer.from(sm2Decrypt(key, raw.subarray(1))).toString()).toBe(text)
    })

    test.each(['DER', 'raw'] as const)('signs and verifies in %s', (format) => {
      const signature = sm2Sign(key, message, { format })
      expect(sm2Verify(key.publicKey, message, signature, { format })).toBe(true)
      expect(sm2Verify(key.publicKey, Buffer.from('another'), signature, { format })).toBe(false)
      expect(sm2Verify(other.publicKey, message, signature, { format })).toBe(false)
      for (let at = 0; at < signature.length; at++)
        expect(sm2Verify(key.publicKey, message, flip(signature, at), { format })).toBe(false)
      for (const cut of [0, 1, signature.length - 1])
        expect(sm2Verify(key.publicKey, message, signature.subarray(0, cut), { format })).toBe(false)
      expect(sm2Verify(key.publicKey, message, Buffer.concat([signature, Uint8Array.of(0)]), { format })).toBe(false)
    })

    test('binds the user id', () => {
      const signature = sm2Sign(key, message, { userId: 'alice' })
      expect(sm2Verify(key.publicKey, message, signature, { userId: Buffer.from('alice') })).toBe(true)
      expect(sm2Verify(key.publicKey, message, signature, { userId: 'bob' })).toBe(false)
      expect(sm2Verify(key.publicKey, message, signature)).toBe(false)
      const default_ = sm2Sign(key, message)
      expect(sm2Verify(key.publicKey, message, default_, { userId: '1234567812345678' })).toBe(true)
    })

    test('signs a digest verbatim', () => {
      const e = randomBytes(32)
      const signature = sm2SignDigest(key, e)
      expect(sm2VerifyDigest(key.publicKey, e, signature)).toBe(true)
      expect(sm2VerifyDigest(key.publicKey, flip(e, 31), signature)).toBe(false)
      for (const extreme of [new Uint8Array(32), new Uint8Array(32).fill(0xff)])
        expect(sm2VerifyDigest(key.publicKey, extreme, sm2SignDigest(key, extreme))).toBe(true)
      expect(() => sm2SignDigest(key, e.subarray(1))).toThrow(TypeError)
      expect(() => sm2VerifyDigest(key.publicKey, e.subarray(1), signature)).toThrow(TypeError)
    })

    test('never signs twice with the same nonce', () => {
      const e = new Uint8Array(32)
      const halves = Array.from({ length: 20 }, () => hex(sm2SignDigest(key, e, { format: 'raw' })).slice(0, 64))
      expect(new Set(halves).size).toBe(20)
    })

    test.each(['C1C3C2', 'C1C3C2_ASN1'] as const)('encrypts in %s', (format) => {
      for (const size of [1, 2, 31, 32, 33, 64, 100, 1000]) {
        const text = randomBytes(size)
        expect(hex(sm2Decrypt(key, sm2Encrypt(key.publicKey, text, { format })))).toBe(hex(text))
      }
    })

    test('decrypts nothing that was changed, cut or longer', () => {
      const ciphertext = sm2Encrypt(key.publicKey, Buffer.from('secret'))
      expect(() => sm2Decrypt(other, ciphertext)).toThrow(DecryptionError)
      for (let at = 0; at < ciphertext.length; at += 7)
        expect(() => sm2Decrypt(key, flip(ciphertext, at))).toThrow(DecryptionError)
      expect(() => sm2Decrypt(key, ciphertext.subarray(0, -1))).toThrow(DecryptionError)
      expect(() => sm2Decrypt(key, Buffer.concat([ciphertext, Uint8Array.of(0)]))).toThrow(DecryptionError)
    })

    test('has limits of a message', () => {
      const longest = randomBytes(SM2_MESSAGE_MAX)
      expect(Buffer.compare(sm2Decrypt(key, sm2Encrypt(key.publicKey, longest)), longest)).toBe(0)
      for (const size of [0, SM2_MESSAGE_MAX + 1])
        expect(() => sm2Encrypt(key.publicKey, new Uint8Array(size))).toThrow(TypeError)
    })

    test('works for the first and the last key', () => {
      for (const scalar of [`${'0'.repeat(63)}1`, 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121']) {
        using edge = Sm2PrivateKey.fromScalar(Secret.take(bytes(scalar)), engine)
        expect(sm2Verify(edge.publicKey, message, sm2Sign(edge, message))).toBe(true)
        expect(hex(sm2Decrypt(edge, sm2Encrypt(edge.publicKey, message)))).toBe(hex(message))
      }
    })

    test('is refused after dispose', () => {
      const gone = Sm2PrivateKey.generate(engine)
      const ciphertext = sm2Encrypt(gone.publicKey, message)
      const used = Sm2PrivateKey.generate(engine)
      sm2Sign(used, message)
      for (const disposed of [gone, used]) {
        disposed[Symbol.dispose]()
        disposed[Symbol.dispose]()
        expect(() => sm2Sign(disposed, message)).toThrow(TypeError)
        expect(() => sm2Decrypt(disposed, ciphertext)).toThrow(TypeError)
        expect(() => disposed.toPkcs8()).toThrow(TypeError)
      }
    })

    test('reads its own keys back', () => {
      const again = Sm2PrivateKey.fromPkcs8(key.toPlaintextPem(), engine)
      expect(hex(again.toScalar().bytes())).toBe(standard.privateKey)
      const publicAgain = Sm2PublicKey.fromSpki(key.publicKey.toPem(), engine)
      expect(sm2Verify(publicAgain, message, sm2Sign(again, message))).toBe(true)
    })
  })
}
