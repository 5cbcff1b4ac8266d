import { z } from 'zod'
import type { EncryptionAlgorithm } from '../key-management.ts'
import type { EncryptionContext } from '../key-service.ts'

export const awsAlgorithm = z
  .enum(['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'])
  .default('SYMMETRIC_DEFAULT')

export const asymmetricAlgorithm = (algorithm: z.infer<typeof awsAlgorithm>): EncryptionAlgorithm | null =>
  algorithm === 'SYMMETRIC_DEFAULT' ? null : algorithm

/** An asymmetric algorithm binds no context: one that is given is refused, not ignored. */
export const isContextFree = (given: {
  readonly EncryptionContext?: EncryptionContext | undefined
  readonly EncryptionAlgorithm: string
}): boolean =>
  given.EncryptionAlgorithm === 'SYMMETRIC_DEFAULT' || Object.keys(given.EncryptionContext ?? {}).length === 0

export const contextRefused = { error: 'EncryptionContext: expected none with an asymmetric algorithm' }
