import type { ForRecipient } from './key-management.ts'
import type { KeyName } from './key-service.ts'

export interface Encapsulated {
  readonly keyId: string
  readonly sharedSecret: Uint8Array
  /** 768, 1,088 or 1,568 bytes, by the key's spec. */
  readonly encapsulation: Uint8Array
}

/** Keys of ML-KEM and of its hybrids (docs/formats/post-quantum-blob.md). */
export interface PostQuantumKeys {
  /** ML-KEM (FIPS 203): a fresh secret of 32 bytes, and what gives it to the holder of the key. */
  encapsulate(keyId: KeyName): Promise<Encapsulated>
  /** Throws `DecryptionFailed` for another size than the key's; any other encapsulation gives some secret. */
  decapsulate(
    keyId: KeyName,
    encapsulation: Uint8Array,
  ): Promise<{ readonly keyId: string; readonly sharedSecret: Uint8Array }>
  /** 1 to 4,096 bytes; the ciphertext names its key. */
  postQuantumEncrypt(
    keyId: KeyName,
    plaintext: Uint8Array,
  ): Promise<{ readonly keyId: string; readonly ciphertext: Uint8Array }>
  postQuantumDecrypt(
    input: { readonly ciphertext: Uint8Array } & ForRecipient,
  ): Promise<{ readonly keyId: string; readonly plaintext: Uint8Array }>
}
