/** The hash functions of the two suites. Both make 32 bytes. */
export type HashName = 'sha256' | 'sm3'

export const HASH_SIZE = 32

/** What computes HMAC and HKDF-Expand: the addon, or node:crypto as its twin. */
export interface HashEngine {
  hmac(hash: HashName, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array
  /** Fills `out`, which is apart from the key: 1 to 8,160 bytes. */
  hkdfExpand(hash: HashName, pseudorandomKey: Uint8Array, info: Uint8Array, out: Uint8Array): void
}
