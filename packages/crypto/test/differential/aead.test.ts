import { randomBytes, randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type AeadAlgorithm, NONCE_SIZE, Secret, TAG_SIZE } from '../../src/index.ts'
import { implementations } from '../aead-implementations.ts'
import { hex } from '../vectors.ts'
import { bouncyCastle, type Request } from './bouncy-castle.ts'
import { OpenSsl } from './openssl.ts'

const operations: Record<AeadAlgorithm, string> = { 'AES-256-GCM': 'aes-gcm', 'SM4-GCM': 'sm4-gcm' }
const keySizes: Record<AeadAlgorithm, number> = { 'AES-256-GCM': 32, 'SM4-GCM': 16 }

interface Case {
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
  readonly plaintext: Uint8Array
}

/** Every length from 0 to 4,100, and each side of 16-block boundaries further up. */
const sizes = [
  ...Array.from({ length: 4101 }, (_, size) => size),
  ...[32, 64, 256, 1024].flatMap((steps) => [-17, -16, -1, 0, 1, 15, 16].map((offset) => steps * 256 + offset)),
]

const cases: readonly Case[] = sizes.map((size) => ({
  nonce: randomBytes(NONCE_SIZE),
  aad: randomBytes(randomInt(0, 70)),
  plaintext: randomBytes(size),
}))

describe.each(['AES-256-GCM', 'SM4-GCM'] as const)('%s', (algorithm) => {
  const key = randomBytes(keySizes[algorithm])
  const theirs = bouncyCastle(
    cases.map(({ nonce, aad, plaintext }): Request => [`${operations[algorithm]}-seal`, key, nonce, aad, plaintext]),
  )

  test.each(implementations(algorithm))('of every length by $name is that of BouncyCastle, both ways', ({ aead }) => {
    using cipher = aead(Secret.take(Uint8Array.from(key)))
    for (const [i, { nonce, aad, plaintext }] of cases.entries()) {
      const sealed = theirs[i] ?? key
      expect(hex(cipher.seal(nonce, aad, plaintext))).toBe(hex(sealed))
      expect(hex(cipher.open(nonce, aad, sealed))).toBe(hex(plaintext))
    }
  })

  test.each(implementations(algorithm))('by $name has the key stream of openssl', ({ aead }) => {
    using openssl = new OpenSsl()
    using cipher = aead(Secret.take(Uint8Array.from(key)))
    const plaintext = randomBytes(1 << 20)
    const nonce = randomBytes(NONCE_SIZE)
    openssl.write('plaintext', plaintext)
    const mode = algorithm === 'SM4-GCM' ? '-sm4-ctr' : '-aes-256-ctr'
    const firstBlock = `${hex(nonce)}00000002`
    const ciphertext = openssl.run('enc', mode, '-K', hex(key), '-iv', firstBlock, '-in', 'plaintext')
    const sealed = cipher.seal(nonce, new Uint8Array(0), plaintext)
    expect(Buffer.compare(sealed.subarray(0, -TAG_SIZE), ciphertext)).toBe(0)
  })
})
