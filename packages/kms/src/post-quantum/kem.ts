import type { Secret } from '@hufu/crypto'
import type { KeySpec } from '@hufu/wire'
import { mlKem } from './ml-kem.ts'
import { mlKemSm2 } from './ml-kem-sm2.ts'
import { xWing } from './x-wing.ts'

export interface KemKeyPair {
  /** The caller disposes of it. */
  readonly material: Secret
  readonly publicKey: Uint8Array
}

/** A key encapsulation mechanism. */
export interface Kem {
  readonly encapsulationSize: number
  readonly materialSize: number
  generate(): KemKeyPair
  /** Its private key in PKCS#8, where there is a standard for it. */
  privateKey?: (material: Secret) => Uint8Array
  /** A fresh secret of 32 bytes, and what brings it to the key's owner. */
  encapsulate(publicKey: Uint8Array): { readonly encapsulation: Uint8Array; readonly secret: Secret }
  /** The secret; another one for an encapsulation that was changed. Throws for one that can't be one. */
  decapsulate(material: Secret, encapsulation: Uint8Array): Secret
}

/** ML-KEM (FIPS 203), and its hybrids, which hold while ML-KEM-768 or the exchange beside it does (docs/formats/post-quantum-blob.md). */
export const kems: Readonly<Partial<Record<KeySpec, Kem>>> = {
  ML_KEM_512: mlKem('ML_KEM_512'),
  ML_KEM_768: mlKem('ML_KEM_768'),
  ML_KEM_1024: mlKem('ML_KEM_1024'),
  ML_KEM_768_X25519: xWing,
  ML_KEM_768_SM2: mlKemSm2,
}
