import { type Aead, type AeadAlgorithm, aead, DecryptionError, type HkdfHash, hkdf, type Secret } from '@hufu/crypto'

/** docs/formats/object.md, "Keys". */
export interface Suite {
  readonly number: number
  readonly algorithm: AeadAlgorithm
  readonly hash: HkdfHash
  readonly keySize: number
}

export const suites: readonly Suite[] = [
  { number: 1, algorithm: 'AES-256-GCM', hash: 'sha256', keySize: 32 },
  { number: 2, algorithm: 'SM4-GCM', hash: 'sm3', keySize: 16 },
]

/** Throws `DecryptionError` when there is no such suite. */
export function suiteNumbered(number: number): Suite {
  const suite = suites.find((one) => one.number === number)
  if (suite === undefined) throw new DecryptionError()
  return suite
}

export type KeyPurpose = 'part' | 'manifest' | 'token'

/** A key of one purpose under the object's DEK; the salt makes it one of a kind. Disposed by the caller. */
export function objectAead(
  suite: Suite,
  dek: Secret,
  purpose: KeyPurpose,
  salt: Uint8Array,
  objectId: Uint8Array,
): Aead {
  const info = Buffer.concat([Buffer.from(`hufu/object/${purpose}`), objectId])
  const key = hkdf(suite.hash, dek, salt, info, suite.keySize)
  const cipher = aead(suite.algorithm, key)
  return {
    algorithm: cipher.algorithm,
    seal: (nonce, aad, plaintext, into) => cipher.seal(nonce, aad, plaintext, into),
    open: (nonce, aad, sealed, into) => cipher.open(nonce, aad, sealed, into),
    [Symbol.dispose]() {
      cipher[Symbol.dispose]()
      key[Symbol.dispose]()
    },
  }
}

/** The nonce of a key that seals one message only. */
export const ONE_NONCE = new Uint8Array(12)
