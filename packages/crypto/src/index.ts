import type { Aead, AeadAlgorithm } from './aead.ts'
import { native } from './native.ts'
import { NativeAead } from './native-aead.ts'
import { opensslAead } from './openssl-aead.ts'
import type { Secret } from './secret.ts'

export * from './aead.ts'
export * from './decryption-error.ts'
export * from './hkdf.ts'
export * from './hmac.ts'
export * from './key-format-error.ts'
export * from './key-wrap.ts'
export * from './secret.ts'
export * from './segment-layout.ts'
export * from './segments.ts'
export * from './sm2/index.ts'

/** An AEAD under the key, which must be 32 bytes for AES-256-GCM and 16 for SM4-GCM. */
export const aead = (algorithm: AeadAlgorithm, key: Secret): Aead =>
  native !== null && algorithm === 'AES-256-GCM' ? new NativeAead(native, algorithm, key) : opensslAead(algorithm, key)
