import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Secret, Sm2PrivateKey, sm2Decrypt, sm2Encrypt, sm2Sign, sm2Verify } from '../../src/index.ts'
import { engines } from '../sm2/engines.ts'
import { hex } from '../vectors.ts'
import { bouncyCastle, type Request } from './bouncy-castle.ts'
import { OpenSsl } from './openssl.ts'

const userId = Buffer.from('1234567812345678')
const secret = (bytes: Uint8Array): Secret => Secret.take(Uint8Array.from(bytes))

describe.each(engines)('SM2 by the $name engine', ({ engine, slowness }) => {
  const key = Sm2PrivateKey.generate(engine)
  const { publicKey } = key
  const scalar = Uint8Array.from(key.toScalar().bytes())
  const point = publicKey.toPoint()
  const sizes = Array.from({ length: Math.ceil(4101 / slowness) }, (_, i) => i * slowness)
  const messages = sizes.map((size) => randomBytes(size))
  const someMessages = messages.filter((_, i) => i % 8 === 1)

  test('has the public keys of BouncyCastle', () => {
    const keys = Array.from({ length: 400 / slowness + 10 }, () => Sm2PrivateKey.generate(engine))
    const answers = bouncyCastle(keys.map((each) => ['sm2-public', each.toScalar().bytes()]))
    expect(keys.map((each) => hex(each.publicKey.toPoint()))).toEqual(answers.map((each) => hex(each ?? point)))
  })

  test('makes signatures that BouncyCastle accepts, and accepts its', () => {
    const verify = (message: Uint8Array, signature: Uint8Array, id: Uint8Array = userId): Request => [
      'sm2-verify',
      point,
      id,
      message,
      signature,
    ]
    const ids = Array.from({ length: 20 }, (_, i) => randomBytes(1 + i * 30))
    const answers = bouncyCastle([
      ...someMessages.map((message): Request => ['sm2-sign', scalar, userId, message]),
      ...someMessages.map((message) => verify(message, sm2Sign(key, message))),
      ...ids.map((id) => verify(scalar, sm2Sign(key, scalar, { userId: id }), id)),
    ])
    for (const [i, message] of someMessages.entries())
      expect(sm2Verify(publicKey, message, answers[i] ?? scalar)).toBe(true)
    for (const verdict of answers.slice(someMessages.length)) expect(verdict).toEqual(Uint8Array.of(1))
  })

  test('makes ciphertexts that BouncyCastle opens, and opens its', () => {
    const plaintexts = messages.slice(1)
    const answers = bouncyCastle([
      ...plaintexts.map((message): Request => ['sm2-encrypt', point, message]),
      ...plaintexts.map((message): Request => ['sm2-decrypt', scalar, sm2Encrypt(publicKey, message)]),
    ])
    for (const [i, message] of plaintexts.entries()) {
      expect(hex(sm2Decrypt(key, answers[i] ?? scalar))).toBe(hex(message))
      expect(hex(answers[plaintexts.length + i] ?? scalar)).toBe(hex(message))
    }
  })

  test('agrees with openssl on keys, signatures and ciphertexts', () => {
    using openssl = new OpenSsl()
    openssl.write('key', key.toPlaintextPem())
    openssl.write('public', publicKey.toPem())
    const signing = ['-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678', '-in', 'message']
    for (const size of [1, 15, 16, 33, 64, 255, 256, 257, 4096]) {
      const message = randomBytes(size)
      openssl.write('message', message)
      openssl.write('ours', sm2Sign(key, message))
      expect(openssl.accepts('pkeyutl', '-verify', '-pubin', '-inkey', 'public', '-sigfile', 'ours', ...signing)).toBe(
        true,
      )
      const theirs = openssl.run('pkeyutl', '-sign', '-inkey', 'key', ...signing)
      expect(sm2Verify(publicKey, message, theirs)).toBe(true)
      openssl.write('sealed', sm2Encrypt(publicKey, message, { format: 'C1C3C2_ASN1' }))
      expect(hex(openssl.run('pkeyutl', '-decrypt', '-inkey', 'key', '-in', 'sealed'))).toBe(hex(message))
      const sealed = openssl.run('pkeyutl', '-encrypt', '-pubin', '-inkey', 'public', '-in', 'message')
      expect(hex(sm2Decrypt(key, sealed))).toBe(hex(message))
    }
  })

  test('reads the keys that openssl makes', () => {
    using openssl = new OpenSsl()
    for (let i = 0; i < 5; i++) {
      openssl.run('genpkey', '-algorithm', 'SM2', '-out', 'key')
      const pem = openssl.read('key').toString()
      const der = openssl.run('pkcs8', '-topk8', '-nocrypt', '-in', 'key', '-outform', 'DER')
      const publicPem = openssl.run('pkey', '-in', 'key', '-pubout').toString()
      const theirs = Sm2PrivateKey.fromPkcs8(pem, engine)
      expect(theirs.publicKey.toPem()).toBe(publicPem)
      expect(theirs.toPlaintextPem()).toBe(pem)
      expect(hex(Sm2PrivateKey.fromPkcs8(secret(der), engine).toScalar().bytes())).toBe(hex(theirs.toScalar().bytes()))
    }
  })
})
