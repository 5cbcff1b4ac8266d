import { createHash, randomBytes, randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { type HashName, hkdf, hmac, Secret } from '../../src/index.ts'
import { hex } from '../vectors.ts'
import { bouncyCastle } from './bouncy-castle.ts'
import { OpenSsl } from './openssl.ts'

const messages = Array.from({ length: 4101 }, (_, size) => randomBytes(size))
const secret = (bytes: Uint8Array): Secret => Secret.take(Uint8Array.from(bytes))
const sm3 = (message: Uint8Array): string => createHash('sm3').update(message).digest('hex')

test('SM3 of every length is that of BouncyCastle and of openssl', () => {
  const answers = bouncyCastle(messages.map((message) => ['sm3', message]))
  using openssl = new OpenSsl()
  const names = messages.map((message, size) => openssl.write(`${size}`, message))
  const lines = openssl
    .run('dgst', '-sm3', '-r', ...names)
    .toString()
    .trimEnd()
    .split('\n')
  for (const [size, message] of messages.entries()) {
    expect(hex(answers[size] ?? message)).toBe(sm3(message))
    expect(lines[size]).toBe(`${sm3(message)} *${size}`)
  }
})

test.each<HashName>(['sm3', 'sha256'])('HMAC-%s over every length is that of BouncyCastle', (hash) => {
  const keys = messages.map(() => randomBytes(randomInt(1, 130)))
  const answers = bouncyCastle(keys.map((key, size) => [`hmac-${hash}`, key, messages[size] ?? key]))
  for (const [size, key] of keys.entries()) {
    const own = hmac(hash, secret(key), messages[size] ?? key)
    expect(hex(answers[size] ?? key)).toBe(hex(own))
  }
})

test.each<HashName>(['sm3', 'sha256'])('HKDF-%s is that of BouncyCastle', (hash) => {
  const cases = Array.from({ length: 400 }, (_, i) => ({
    key: randomBytes(randomInt(1, 80)),
    salt: randomBytes(randomInt(0, 80)),
    info: randomBytes(randomInt(0, 2000)),
    size: i === 0 ? 8160 : 1 + i,
  }))
  const size = (bytes: number): Buffer => Buffer.from([bytes >> 8, bytes & 255])
  const answers = bouncyCastle(cases.map((c) => [`hkdf-${hash}`, c.key, c.salt, c.info, size(c.size)]))
  for (const [i, c] of cases.entries())
    expect(hex(hkdf(hash, secret(c.key), c.salt, c.info, c.size).bytes())).toBe(hex(answers[i] ?? c.key))
})

test.each<HashName>(['sm3', 'sha256'])('HKDF-%s is that of openssl', (hash) => {
  using openssl = new OpenSsl()
  for (let i = 0; i < 20; i++) {
    const [key, salt, info] = [randomBytes(1 + i * 4), randomBytes(1 + i), randomBytes(1 + i * 2)]
    const options = [`digest:${hash}`, `hexkey:${hex(key)}`, `hexsalt:${hex(salt)}`, `hexinfo:${hex(info)}`]
    const arguments_ = options.flatMap((option) => ['-kdfopt', option])
    const answer = openssl.run('kdf', '-binary', '-keylen', `${40 + i}`, ...arguments_, 'HKDF')
    expect(hex(answer)).toBe(hex(hkdf(hash, secret(key), salt, info, 40 + i).bytes()))
  }
})
