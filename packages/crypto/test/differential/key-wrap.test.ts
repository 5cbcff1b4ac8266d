import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Secret, unwrapKey, wrapKey } from '../../src/index.ts'
import { hex } from '../vectors.ts'
import { bouncyCastle } from './bouncy-castle.ts'

const secret = (bytes: Uint8Array): Secret => Secret.take(Uint8Array.from(bytes))

test.each([16, 24, 32])('AES-KWP under %i bytes is that of BouncyCastle, both ways', (kekSize) => {
  const kek = randomBytes(kekSize)
  const keys = Array.from({ length: 700 }, (_, i) => randomBytes(i + 1))
  const wrapped = bouncyCastle(keys.map((key) => ['kwp-wrap', kek, key]))
  const unwrapped = bouncyCastle(keys.map((key) => ['kwp-unwrap', kek, wrapKey(secret(kek), secret(key))]))
  for (const [i, key] of keys.entries()) {
    expect(hex(unwrapped[i] ?? kek)).toBe(hex(key))
    expect(hex(unwrapKey(secret(kek), wrapped[i] ?? kek).bytes())).toBe(hex(key))
    expect(hex(wrapKey(secret(kek), secret(key)))).toBe(hex(wrapped[i] ?? kek))
  }
})
