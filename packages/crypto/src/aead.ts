/** An authenticated cipher: both have 12-byte nonces and 16-byte tags (NIST SP 800-38D; RFC 8998). */
export type AeadAlgorithm = 'AES-256-GCM' | 'SM4-GCM'

export const NONCE_SIZE = 12
export const TAG_SIZE = 16

/**
 * One key of one authenticated cipher. Wrong lengths are a `TypeError`; everything unauthentic is a
 * `DecryptionError` that does not say why, and leaves no plaintext in `into`.
 */
export interface Aead extends Disposable {
  readonly algorithm: AeadAlgorithm
  /**
   * Ciphertext then tag: `plaintext.length + 16` bytes, written into the front of `into` when given
   * (which may be the plaintext's own memory) and returned as a view.
   */
  seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, into?: Uint8Array): Uint8Array
  /** The plaintext, `sealed.length - 16` bytes; `into` as in `seal`. */
  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array, into?: Uint8Array): Uint8Array
}
