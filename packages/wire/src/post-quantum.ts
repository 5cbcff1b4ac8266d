import type { ForRecipient } from './key-management.ts'
import type { KeyName } from './key-service.ts'

/** Keys of the hybrids of ML-KEM-768 (docs/formats/post-quantum-blob.md). */
export interface PostQuantumKeys {
  /** 1 to 4,096 bytes; the ciphertext names its key. */
  postQuantumEncrypt(
    keyId: KeyName,
    plaintext: Uint8Array,
  ): Promise<{ readonly keyId: string; readonly ciphertext: Uint8Array }>
  postQuantumDecrypt(
    input: { readonly ciphertext: Uint8Array } & ForRecipient,
  ): Promise<{ readonly keyId: string; readonly plaintext: Uint8Array }>
}
