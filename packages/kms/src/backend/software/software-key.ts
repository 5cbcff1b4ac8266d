import type { Secret } from '@hufu/crypto'
import type { EncryptionAlgorithm, KeySpec, SigningAlgorithm } from '@hufu/wire'
import { curves } from '../../algorithms/curves.ts'
import { kems } from '../../post-quantum/kem.ts'
import { ecKeys } from './ec-key.ts'
import { ed25519Keys } from './ed25519-key.ts'
import { kemKeys } from './kem-key.ts'
import { macKeys } from './mac-key.ts'
import { mlDsaKeys } from './ml-dsa-key.ts'
import { rsaKeys } from './rsa-key.ts'
import { sm2Keys } from './sm2-key.ts'
import { symmetricKeys } from './symmetric-key.ts'

/** A key that is ready for use in process memory; what its kind can't do is absent. Disposed, it is gone. */
export interface SoftwareKey extends Disposable {
  seal?(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array
  open?(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array
  sign?(algorithm: SigningAlgorithm, digest: Uint8Array): Uint8Array
  decrypt?(algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Uint8Array
  mac?(message: Uint8Array): Uint8Array
  agree?(publicKey: Uint8Array): Uint8Array
  /** Throws `DecryptionError`. */
  decapsulate?(encapsulation: Uint8Array): Secret
}

export interface NewSoftwareKey {
  /** What `load` takes: the raw key, or PKCS#8 in DER. The caller disposes of it. */
  readonly material: Secret
  /** SubjectPublicKeyInfo in DER; null for a symmetric key. */
  readonly publicKey: Uint8Array | null
}

/** One kind of key: how it is made, and how its material becomes a key. */
export interface SoftwareKeyKind {
  generate(): Promise<NewSoftwareKey>
  /** The material as others read it, PKCS#8 in DER; absent where the material is that already, or has no such form. */
  privateKey?(material: Secret): Uint8Array
  /** Takes a copy of what it needs. Throws for material of another kind. */
  load(material: Secret): SoftwareKey
}

export const softwareKeyKinds: Readonly<Partial<Record<KeySpec, SoftwareKeyKind>>> = {
  AES_256: symmetricKeys('AES-256-GCM', 32),
  SM4: symmetricKeys('SM4-GCM', 16),
  RSA_2048: rsaKeys(2048),
  RSA_3072: rsaKeys(3072),
  RSA_4096: rsaKeys(4096),
  ...Object.fromEntries(Object.entries(curves).map(([spec, curve]) => [spec, ecKeys(curve)])),
  ECC_NIST_EDWARDS25519: ed25519Keys,
  SM2: sm2Keys,
  HMAC_224: macKeys('HMAC_SHA_224'),
  HMAC_256: macKeys('HMAC_SHA_256'),
  HMAC_384: macKeys('HMAC_SHA_384'),
  HMAC_512: macKeys('HMAC_SHA_512'),
  ML_DSA_65: mlDsaKeys,
  ...Object.fromEntries(Object.entries(kems).map(([spec, kem]) => [spec, kemKeys(kem)])),
}
