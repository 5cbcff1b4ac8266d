import type { KeySpec, SigningAlgorithm } from '@hufu/wire'

/** `sha256` and so on as node:crypto names them; `sm3` mixes the signer's identity in first. */
export type DigestName = 'sha256' | 'sha384' | 'sha512' | 'sm3'

export interface Signing {
  readonly family: 'RSA PSS' | 'RSA PKCS1' | 'ECDSA' | 'SM2'
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
  SM2DSA: { family: 'SM2', digest: 'sm3' },
}

/** Bytes. */
export const digestSizes: Readonly<Record<DigestName, number>> = { sha256: 32, sha384: 48, sha512: 64, sm3: 32 }

const rsa: readonly SigningAlgorithm[] = [
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
]

/** What a key of the spec signs with. */
export const signingAlgorithms: Readonly<Record<KeySpec, readonly SigningAlgorithm[]>> = {
  AES_256: [],
  SM4: [],
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
  ECC_NIST_P256: ['ECDSA_SHA_256'],
  SM2: ['SM2DSA'],
  HMAC_256: [],
}
