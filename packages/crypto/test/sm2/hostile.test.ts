import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DecryptionError,
  KeyFormatError,
  Secret,
  Sm2PrivateKey,
  Sm2PublicKey,
  sm2Decrypt,
  sm2Encrypt,
  sm2Sign,
  sm2VerifyDigest,
} from '../../src/index.ts'
import { hex } from '../vectors.ts'

const key = Sm2PrivateKey.generate()
const e = new Uint8Array(32)
const pkcs8 = Uint8Array.from(key.toPkcs8().bytes())
const signature = sm2Sign(key, new Uint8Array(3))
const ciphertext = sm2Encrypt(key.publicKey, new Uint8Array(40).fill(7), { format: 'C1C3C2_ASN1' })

/** Well-formed bytes with pieces overwritten, removed or put in, or bytes out of nowhere. */
const mutated = (original: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const at = fc.nat(original.length)
  const splice = fc
    .tuple(at, fc.nat(4), fc.uint8Array({ maxLength: 5 }))
    .map(([start, removed, inserted]) =>
      Uint8Array.from([...original.subarray(0, start), ...inserted, ...original.subarray(start + removed)]),
    )
  return fc.oneof({ weight: 5, arbitrary: splice }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) })
}

/** The only errors are of that type; what is accepted says the same as the original. */
const refuses = (read: () => Uint8Array, type: new (...values: never[]) => Error, same: Uint8Array): void => {
  try {
    expect(hex(read())).toBe(hex(same))
  } catch (error) {
    if (!(error instanceof type)) throw error
  }
}

describe('what comes from outside', () => {
  test('is an SPKI or a KeyFormatError', () => {
    fc.assert(
      fc.property(mutated(key.publicKey.toSpki()), (bytes) =>
        refuses(() => Sm2PublicKey.fromSpki(bytes).toSpki(), KeyFormatError, bytes),
      ),
      { numRuns: 2000 },
    )
  })

  test('is a PKCS#8 or a KeyFormatError', () => {
    fc.assert(
      fc.property(mutated(pkcs8), (bytes) =>
        refuses(
          () => Sm2PrivateKey.fromPkcs8(Secret.take(bytes)).toScalar().bytes(),
          KeyFormatError,
          key.toScalar().bytes(),
        ),
      ),
      { numRuns: 300 },
    )
  })

  test('is a signature or false', () => {
    fc.assert(
      fc.property(mutated(signature), (bytes) => {
        expect(sm2VerifyDigest(key.publicKey, e, bytes)).toBe(false)
        expect(sm2VerifyDigest(key.publicKey, e, bytes, { format: 'raw' })).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test('is a ciphertext or a DecryptionError', () => {
    const message = new Uint8Array(40).fill(7)
    fc.assert(
      fc.property(mutated(ciphertext), (bytes) => refuses(() => sm2Decrypt(key, bytes), DecryptionError, message)),
      { numRuns: 500 },
    )
  })

  test('is PEM text or a KeyFormatError', () => {
    fc.assert(
      fc.property(mutated(Buffer.from(key.publicKey.toPem())), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1')
        refuses(() => Sm2PublicKey.fromSpki(text).toSpki(), KeyFormatError, key.publicKey.toSpki())
      }),
      { numRuns: 1000 },
    )
  })
})
