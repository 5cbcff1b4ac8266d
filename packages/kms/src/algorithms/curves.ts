import type { KeySpec } from '@hufu/wire'
import { p256, p384, p521 } from '@noble/curves/nist.js'

export interface Curve {
  /** As node:crypto and JWK name it. */
  readonly name: 'P-256' | 'P-384' | 'P-521'
  /** Bytes of a coordinate and of a scalar. */
  readonly size: number
  /** node:crypto signs and verifies no ready digest; this does. */
  readonly ecdsa: typeof p256
}

export const curves: Readonly<Partial<Record<KeySpec, Curve>>> = {
  ECC_NIST_P256: { name: 'P-256', size: 32, ecdsa: p256 },
  ECC_NIST_P384: { name: 'P-384', size: 48, ecdsa: p384 },
  ECC_NIST_P521: { name: 'P-521', size: 66, ecdsa: p521 },
}

/** The curve of the algorithm, whose digest is as strong. */
export const curveOfDigest: Readonly<Record<string, Curve | undefined>> = {
  sha256: curves.ECC_NIST_P256,
  sha384: curves.ECC_NIST_P384,
  sha512: curves.ECC_NIST_P521,
}
