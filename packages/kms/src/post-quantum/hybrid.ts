import type { Secret } from '@hufu/crypto'
import type { KeySpec } from '@hufu/wire'
import { mlKemSm2 } from './ml-kem-sm2.ts'
import { xWing } from './x-wing.ts'

export interface HybridKeyPair {
  /** The caller disposes of it. */
  readonly material: Secret
  readonly publicKey: Uint8Array
}

/** A key encapsulation that holds while ML-KEM-768 or the exchange beside it does (docs/formats/post-quantum-blob.md). */
export interface Hybrid {
  readonly encapsulationSize: number
  readonly materialSize: number
  generate(): HybridKeyPair
  /** A fresh secret of 32 bytes, and what brings it to the key's owner. */
  encapsulate(publicKey: Uint8Array): { readonly encapsulation: Uint8Array; readonly secret: Secret }
  /** The secret; another one for an encapsulation that was changed. Throws for one that can't be one. */
  decapsulate(material: Secret, encapsulation: Uint8Array): Secret
}

export const hybrids: Readonly<Partial<Record<KeySpec, Hybrid>>> = {
  ML_KEM_768_X25519: xWing,
  ML_KEM_768_SM2: mlKemSm2,
}
