import { createHash, randomBytes } from 'node:crypto'
import type { EncryptionAlgorithm, ImportParametersInput } from '@hufu/wire'

/** What the store keeps of a token: its hash, and the private key that the material is encrypted to. */
export interface ImportToken {
  readonly id: string
  readonly keyId: string
  readonly spec: ImportParametersInput['wrappingKeySpec']
  readonly algorithm: EncryptionAlgorithm
  readonly wrapped: Uint8Array
  readonly expiresAt: number
}

/** Milliseconds that a token is valid. */
export const TOKEN_LIFE = 24 * 3_600_000

/** A used token is kept out of the store, an expired one is kept so long that its bearer is told so. */
export const EXPIRED_TOKEN_KEPT = 7 * TOKEN_LIFE

export const newToken = (): Uint8Array => randomBytes(32)

export const tokenId = (token: Uint8Array): string => createHash('sha256').update(token).digest('hex')
