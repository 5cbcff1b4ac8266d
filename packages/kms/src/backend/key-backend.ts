import type { Secret } from '@hufu/crypto'
import type { EncryptionAlgorithm, KeySpec, ProtectionLevel, SigningAlgorithm, Transfer } from '@hufu/wire'

/** The material of one key version, as it is stored: of no use without the backend that wrapped it. */
export interface KeyMaterial {
  /** Names this material for ever, `KEYID/VERSION`: what a backend caches it by. */
  readonly id: string
  readonly spec: KeySpec
  /** Under the backend's root key. */
  readonly wrapped: Uint8Array
}

export interface NewMaterial {
  readonly wrapped: Uint8Array
  /** SubjectPublicKeyInfo in DER; null for a symmetric key. */
  readonly publicKey: Uint8Array | null
}

/**
 * Where key material is made and used. The domain keeps the wrapped bytes; the backend keeps one root
 * key, and unwraps material only into itself.
 *
 * Every method may throw `BackendUnavailable` (try again later: nothing is known about the key) and,
 * given a material, `DamagedMaterial` (these wrapped bytes are not what this backend once returned).
 * `DecryptionError` says that the ciphertext, not the key, is wrong. Calls may run concurrently.
 * The caller owns the bytes it passes and the bytes it receives.
 */
export interface KeyBackend {
  /** One line for people: the product, and HSM or SOFTWARE. */
  readonly description: string
  /** Where material of this kind is used; null when this backend can't make or use it. */
  protection(spec: KeySpec): ProtectionLevel | null
  /** New random material. It is not kept: only what is returned can bring it back. */
  generate(spec: KeySpec): Promise<NewMaterial>
  /**
   * Material that was encrypted to the public key of `wrapping`, an asymmetric key of this backend. Throws
   * `DecryptionError` when it does not decrypt to a symmetric key of that kind.
   */
  importKey(
    spec: KeySpec,
    wrapping: KeyMaterial,
    algorithm: EncryptionAlgorithm,
    encrypted: Uint8Array,
  ): Promise<NewMaterial>
  /**
   * Versions of one key, which are all of one kind, on their way to another backend, whose RSA public key is given
   * (SubjectPublicKeyInfo in DER): docs/formats/replica.md.
   */
  exportKeys(keys: readonly KeyMaterial[], publicKey: Uint8Array): Promise<Transfer>
  /** What another backend's `exportKeys` made for the public key of `wrapping`. Throws `DecryptionError`. */
  receiveKeys(spec: KeySpec, wrapping: KeyMaterial, transfer: Transfer): Promise<readonly Uint8Array[]>
  /**
   * Authenticated encryption with AES-256-GCM or SM4-GCM, by the material's kind: ciphertext, then a tag of
   * 16 bytes. The nonce has 12 bytes and is the caller's to keep unique; the plaintext is not empty.
   */
  seal(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>
  open(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>
  /**
   * A signature over a ready digest of the algorithm's size (for SM2: e; for Ed25519: the message); ECDSA and SM2
   * signatures as DER. The algorithm is one of the key's kind.
   */
  sign(key: KeyMaterial, algorithm: SigningAlgorithm, digest: Uint8Array): Promise<Uint8Array>
  /** What was encrypted to the public key. The algorithm is one of the key's kind. */
  decrypt(key: KeyMaterial, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array>
  /** HMAC with the SHA-2 of the key's spec. */
  mac(key: KeyMaterial, message: Uint8Array): Promise<Uint8Array>
  /**
   * ECDH: the x coordinate. The peer's public key is SubjectPublicKeyInfo in DER. Throws `DecryptionError` for one that
   * is not of the key's curve.
   */
  agree(key: KeyMaterial, publicKey: Uint8Array): Promise<Uint8Array>
  /** The secret of a key encapsulation, 32 bytes, which the caller disposes of. */
  decapsulate(key: KeyMaterial, encapsulation: Uint8Array): Promise<Secret>
  /** From the backend's own generator; at once where some are drawn already. */
  random(size: number): Promise<Uint8Array> | Uint8Array
  /** Drops the unwrapped material, if it is held. Idempotent. */
  forget(id: string): void
  /** Resolves when the backend answers. */
  ready(): Promise<void>
  /** Idempotent; nothing may be called after it. */
  close(): Promise<void>
}
