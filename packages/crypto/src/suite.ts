import type { AeadAlgorithm } from './aead.ts'
import type { HkdfHash } from './hkdf.ts'

/** The algorithms that one sealed thing uses together. The formats name a suite by its number. */
export interface Suite {
  readonly number: 1 | 2
  readonly aead: AeadAlgorithm
  /** Bytes of an AEAD key. */
  readonly keySize: number
  readonly hash: HkdfHash
}

export type SuiteName = 'aes' | 'gm'

export const suites: Readonly<Record<SuiteName, Suite>> = {
  aes: { number: 1, aead: 'AES-256-GCM', keySize: 32, hash: 'sha256' },
  gm: { number: 2, aead: 'SM4-GCM', keySize: 16, hash: 'sm3' },
}

/** Bytes of a data key (DEK), in every suite. */
export const DATA_KEY_SIZE = 32

export const suiteNumbered = (number: number): Suite | undefined =>
  number === suites.aes.number ? suites.aes : number === suites.gm.number ? suites.gm : undefined
