import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Secret, unwrapKey, wrapKey } from '../../src/index.ts'
import { hex } from '../vectors.ts'
import { bouncyCastle, type Request } from './bouncy-castle.ts'

const secret = (bytes: Uint8Array): Secret => Secret.take(Uint8Array.from(bytes))

test.each([16, 24, 32])('AES-KWP under %i bytes is that of BouncyCastle, both ways', (kekSize) => {
  const kek = randomBytes(kekSize)
  const keys = Array.from({ length: 700 }, (_, i) => randomBytes(i + 1))
  const answers = bouncyCastle([
    ...keys.map((key): Request => ['kwp-wrap', kek, key]),
    ...keys.map((key): Request => ['kwp-unwrap', kek, wrapKey(secret(kek), secret(key))]),
  ])
  for (const [i, key] of keys.entries()) {
    expect(hex(answers[keys.length + i] ?? kek)).toBe(hex(key))
    expect(hex(unwrapKey(secret(kek), answers[i] ?? kek).bytes())).toBe(hex(key))
    expect(hex(wrapKey(secret(kek), secret(key)))).toBe(hex(answers[i] ?? kek))
  }
})
