import type { Aead, AeadAlgorithm } from './aead.ts'
import { native } from './native.ts'
import { NativeAead } from './native-aead.ts'
import { opensslAead } from './openssl-aead.ts'
import type { Secret } from './secret.ts'

/**
 * An AEAD under the key, which must be 32 bytes for AES-256-GCM and 16 for SM4-GCM. It takes a copy of the key: the
 * caller may dispose its own at once.
 */
export const aead = (algorithm: AeadAlgorithm, key: Secret): Aead =>
  native === null ? opensslAead(algorithm, key) : new NativeAead(native, algorithm, key)
