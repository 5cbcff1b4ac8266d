import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  KeyFormatError,
  Secret,
  SM2_USER_ID_MAX,
  Sm2PrivateKey,
  Sm2PublicKey,
  sm2Decrypt,
  sm2Encrypt,
  sm2MessageDigest,
  sm2Sign,
  sm2VerifyDigest,
} from '../../src/index.ts'
import { encodeCiphertext } from '../../src/sm2/ciphertext.ts'
import type { Sm2Engine } from '../../src/sm2/engine.ts'
import { sm2Identity } from '../../src/sm2/message-digest.ts'
import { bytes, hex } from '../vectors.ts'
import { standard } from './engine-contract.ts'

const scalar = (text: string): Secret => Secret.take(bytes(text))
const key = Sm2PrivateKey.fromScalar(scalar(standard.privateKey))
const point = key.publicKey.toPoint()
const P = 'fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff'
const N = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123'

describe('a public key', () => {
  test('is a point, SPKI in DER or PEM', () => {
    expect(hex(key.publicKey.toSpki())).toBe(
      `3059301306072a8648ce3d020106082a811ccf5501822d034200${standard.publicKey}`,
    )
    expect(key.publicKey.toPem()).toMatch(/^-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE/)
    for (const form of [key.publicKey.toSpki(), key.publicKey.toPem(), key.publicKey.toPem().replaceAll('\n', '\r\n')])
      expect(hex(Sm2PublicKey.fromSpki(form).toPoint())).toBe(standard.publicKey)
  })

  test('can be changed by nobody', () => {
    key.publicKey.toPoint().fill(0)
    expect(hex(key.publicKey.toPoint())).toBe(standard.publicKey)
  })

  test.each([
    ['infinity', '00'],
    ['nothing', ''],
    ['the compressed form', `03${standard.publicKey.slice(2, 66)}`],
    ['the hybrid form', `07${standard.publicKey.slice(2)}`],
    ['a point off the curve', `${standard.publicKey.slice(0, -2)}14`],
    ['the origin', `04${'0'.repeat(128)}`],
    ['a cut point', standard.publicKey.slice(0, -2)],
    ['a longer point', `${standard.publicKey}00`],
    ['a coordinate outside the field', `04${P}${'0'.repeat(64)}`],
    [
      'a point of P-256',
      '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    ],
  ])('is not %s', (_, wrong) => {
    expect(() => Sm2PublicKey.fromPoint(bytes(wrong))).toThrow(KeyFormatError)
  })

  test('is refused in SPKI that is cut, longer, of another curve, or not minimal', () => {
    const spki = key.publicKey.toSpki()
    for (let size = 0; size < spki.length; size++)
      expect(() => Sm2PublicKey.fromSpki(spki.subarray(0, size))).toThrow(KeyFormatError)
    const p256 = `3059301306072a8648ce3d020106082a8648ce3d030107034200${standard.publicKey}`
    const longLength = `308159301306072a8648ce3d020106082a811ccf5501822d034200${standard.publicKey}`
    for (const wrong of [`${hex(spki)}00`, p256, longLength, hex(point)])
      expect(() => Sm2PublicKey.fromSpki(bytes(wrong))).toThrow(KeyFormatError)
  })

  test.each([
    '',
    'MFkw',
    '-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----',
    '-----BEGIN PUBLIC KEY-----\nM\n-----END PUBLIC KEY-----',
  ])('is not the text %j', (text) => {
    expect(() => Sm2PublicKey.fromSpki(text)).toThrow(KeyFormatError)
  })
})

describe('a private key', () => {
  test('is a scalar, PKCS#8 in DER or PEM', () => {
    const der = hex(key.toPkcs8().bytes())
    expect(der).toBe(
      `308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420${standard.privateKey}a144034200${standard.publicKey}`,
    )
    expect(hex(Sm2PrivateKey.fromPkcs8(scalar(der)).toScalar().bytes())).toBe(standard.privateKey)
    expect(key.toPlaintextPem()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
  })

  test('is read with named curve and without its public key', () => {
    const bare = `3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420${standard.privateKey}`
    const named = `304d020100301306072a8648ce3d020106082a811ccf5501822d043330310201010420${standard.privateKey}a00a06082a811ccf5501822d`
    for (const form of [bare, named])
      expect(hex(Sm2PrivateKey.fromPkcs8(scalar(form)).publicKey.toPoint())).toBe(standard.publicKey)
  })

  test.each([
    ['zero', '0'.repeat(64)],
    ['n-1', `${N.slice(0, -1)}2`],
    ['n', N],
    ['2^256-1', 'f'.repeat(64)],
    ['31 bytes', '01'.repeat(31)],
    ['33 bytes', '01'.repeat(33)],
    ['nothing', ''],
  ])('is not %s', (_, wrong) => {
    expect(() => Sm2PrivateKey.fromScalar(scalar(wrong))).toThrow(KeyFormatError)
  })

  test('is refused in PKCS#8 that is cut or holds the public key of another', () => {
    const der = hex(key.toPkcs8().bytes())
    for (let size = 0; size < der.length; size += 2)
      expect(() => Sm2PrivateKey.fromPkcs8(scalar(der.slice(0, size)))).toThrow(KeyFormatError)
    const another = der.replace(standard.publicKey, hex(Sm2PrivateKey.generate().publicKey.toPoint()))
    expect(() => Sm2PrivateKey.fromPkcs8(scalar(another))).toThrow('the public key that belongs to')
  })

  test('is never printed', () => {
    for (const text of [String(key), JSON.stringify({ key }), inspect(key, { depth: 9, showHidden: true })])
      expect(text.toLowerCase()).not.toContain(standard.privateKey.slice(0, 8))
  })

  test('is random and in range', () => {
    const scalars = Array.from({ length: 8 }, () => hex(Sm2PrivateKey.generate().toScalar().bytes()))
    expect(new Set(scalars).size).toBe(8)
    for (const one of scalars) expect(BigInt(`0x${one}`)).toBeLessThan(BigInt(`0x${N}`) - 1n)
  })
})

describe('a user id', () => {
  test('makes the Z of the standard', () => {
    expect(hex(sm2Identity(key.publicKey))).toBe(standard.signature.z)
    expect(hex(sm2Identity(key.publicKey, standard.signature.userId))).toBe(standard.signature.z)
  })

  test('may be empty and has at most 8,191 bytes', () => {
    const message = new Uint8Array(1)
    expect(sm2MessageDigest(key.publicKey, message, { userId: '' })).toHaveLength(32)
    expect(sm2MessageDigest(key.publicKey, message, { userId: new Uint8Array(SM2_USER_ID_MAX) })).toHaveLength(32)
    expect(() => sm2MessageDigest(key.publicKey, message, { userId: new Uint8Array(SM2_USER_ID_MAX + 1) })).toThrow(
      TypeError,
    )
  })
})

describe('a signature in DER', () => {
  const e = new Uint8Array(32)
  const one = '01'
  const verify = (text: string): boolean => sm2VerifyDigest(key.publicKey, e, bytes(text))

  test.each([
    ['r = 0', `3006020100020101`],
    ['s = 0', `3006020101020100`],
    ['r = n', `3026022100${N}0201${one}`],
    ['s = n', `30260201${one}022100${N}`],
    ['r + s = n', `30250201${one}0220${'7'.repeat(64)}`],
    ['a negative r', '30060201ff020101'],
    ['a padded r', '300702020001020101'],
    ['an empty r', '30050200020101'],
    ['r of 33 bytes', `302602210101${'00'.repeat(31)}020101`],
    ['an indefinite length', '30800201010201010000'],
    ['a long length', '308106020101020101'],
    ['a third number', '3009020101020101020101'],
    ['one number', '3003020101'],
    ['bytes behind it', '300602010102010100'],
    ['another tag', '310602010102010100'],
    ['a length that lies', '3085ffffffffff'],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(verify(text)).toBe(false)
  })

  test('is strict in what it makes', () => {
    for (let i = 0; i < 30; i++) {
      const signature = sm2Sign(key, Buffer.from(`message ${i}`))
      expect(signature.length).toBeLessThanOrEqual(72)
      expect(signature[1]).toBe(signature.length - 2)
    }
  })
})

describe('a ciphertext', () => {
  const message = Buffer.from('0123456789abcdef')
  const raw = sm2Encrypt(key.publicKey, message, { format: 'C1C3C2' })
  const asn1 = encodeCiphertext(raw.subarray(1), 'C1C3C2_ASN1')

  test('is as long as its format says', () => {
    expect(raw[0]).toBe(4)
    expect(raw.length).toBe(1 + 64 + 32 + message.length)
    expect(asn1[0]).toBe(0x30)
  })

  test('opens in every form', () => {
    for (const form of [raw, raw.subarray(1), asn1]) expect(hex(sm2Decrypt(key, form))).toBe(hex(message))
  })

  test('is refused when it is not strict DER', () => {
    for (let size = 0; size < asn1.length; size++)
      expect(() => sm2Decrypt(key, asn1.subarray(0, size))).toThrow(DecryptionError)
    const longer = Buffer.concat([asn1, Uint8Array.of(0)])
    const padded = bytes(
      hex(asn1).replace(
        /^30(..)02(..)/,
        (_, total, size) =>
          `30${hex(Uint8Array.of(Number.parseInt(total, 16) + 1))}02${hex(Uint8Array.of(Number.parseInt(size, 16) + 1))}00`,
      ),
    )
    for (const wrong of [longer, padded]) expect(() => sm2Decrypt(key, wrong)).toThrow(DecryptionError)
  })

  test('is refused with a C1 off the curve, at infinity or outside the field, before the key is used', () => {
    const rest = hex(raw.subarray(65))
    for (const c1 of [`04${'0'.repeat(128)}`, '00', `04${P}${P}`, standard.publicKey.replace(/..$/, '14'), '04'])
      expect(() => sm2Decrypt(key, bytes(c1 + rest))).toThrow(DecryptionError)
  })

  test('is refused without a message', () => {
    expect(() => sm2Decrypt(key, raw.subarray(0, 97))).toThrow(DecryptionError)
    expect(() => sm2Decrypt(key, encodeCiphertext(raw.subarray(1, 97), 'C1C3C2_ASN1'))).toThrow(DecryptionError)
    expect(() => sm2Decrypt(key, new Uint8Array(0))).toThrow(DecryptionError)
  })

  test('is made again when its key stream is zero, and not opened when somebody made it', () => {
    const message = Uint8Array.of(0x5a)
    const zero = Buffer.concat([raw.subarray(1, 97), message])
    const answers = [zero, zero, raw.subarray(1)]
    const fake: Sm2Engine = {
      publicPoint: () => point,
      publicKey: () => ({
        verify: () => false,
        encrypt: () => answers.shift() ?? new Uint8Array(0),
        [Symbol.dispose]() {},
      }),
      privateKey: () => ({ sign: (e) => e, decrypt: () => message, [Symbol.dispose]() {} }),
    }
    expect(hex(sm2Encrypt(Sm2PublicKey.fromPoint(point, fake), message))).toBe(hex(raw))
    const holder = Sm2PrivateKey.fromScalar(scalar(standard.privateKey), fake)
    expect(() => sm2Decrypt(holder, zero)).toThrow(DecryptionError)
  })

  test('has one error, whatever is wrong', () => {
    const errors = [
      raw.subarray(0, 50),
      raw.map((b, i) => (i === 70 ? b ^ 1 : b)),
      asn1.subarray(1),
      Buffer.from('00', 'hex'),
    ].map((wrong) => {
      try {
        return sm2Decrypt(key, wrong)
      } catch (error) {
        return error
      }
    })
    for (const error of errors) expect(error).toEqual(new DecryptionError())
  })
})
