import type { SigningAlgorithm } from '@hufu/wire'

/**
 * `sha256` and so on as node:crypto names them; `sm3` and `mu` mix the signer's identity in first; `none` is the message
 * itself, which the algorithm hashes in its own way.
 */
export type DigestName = 'sha256' | 'sha384' | 'sha512' | 'sm3' | 'mu' | 'none'

export interface Signing {
  readonly family: 'RSA PSS' | 'RSA PKCS1' | 'ECDSA' | 'EdDSA' | 'SM2' | 'ML-DSA'
  readonly digest: DigestName
}

export const signings: Readonly<Record<SigningAlgorithm, Signing>> = {
  RSASSA_PSS_SHA_256: { family: 'RSA PSS', digest: 'sha256' },
  RSASSA_PSS_SHA_384: { family: 'RSA PSS', digest: 'sha384' },
  RSASSA_PSS_SHA_512: { family: 'RSA PSS', digest: 'sha512' },
  RSASSA_PKCS1_V1_5_SHA_256: { family: 'RSA PKCS1', digest: 'sha256' },
  RSASSA_PKCS1_V1_5_SHA_384: { family: 'RSA PKCS1', digest: 'sha384' },
  RSASSA_PKCS1_V1_5_SHA_512: { family: 'RSA PKCS1', digest: 'sha512' },
  ECDSA_SHA_256: { family: 'ECDSA', digest: 'sha256' },
  ECDSA_SHA_384: { family: 'ECDSA', digest: 'sha384' },
  ECDSA_SHA_512: { family: 'ECDSA', digest: 'sha512' },
  ED25519_SHA_512: { family: 'EdDSA', digest: 'none' },
  SM2DSA: { family: 'SM2', digest: 'sm3' },
  ML_DSA_SHAKE_256: { family: 'ML-DSA', digest: 'mu' },
}

/** Bytes; null where there is no digest to be given. */
export const digestSizes: Readonly<Record<DigestName, number | null>> = {
  sha256: 32,
  sha384: 48,
  sha512: 64,
  sm3: 32,
  mu: 64,
  none: null,
}
