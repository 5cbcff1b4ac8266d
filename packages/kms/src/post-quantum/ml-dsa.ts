import { createHash } from 'node:crypto'
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js'
import { rawPublicKeyForm } from './raw-key-forms.ts'

const PUBLIC_KEY_SIZE = 1_952
/** Bytes of the representative of a message. */
export const MU_SIZE = 64

/** id-ml-dsa-65, 2.16.840.1.101.3.4.3.18 (RFC 9881). */
export const mlDsaPublicKey = rawPublicKeyForm('608648016503040312', PUBLIC_KEY_SIZE)

/** The representative mu of a message without a context (FIPS 204, algorithms 2 and 7). */
export function mlDsaRepresentative(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const tr = shake256(mlDsaPublicKey.unwrap(publicKey))
  return shake256(tr, Buffer.of(0, 0), message)
}

/** False for every signature that is not the key's over mu. */
export function mlDsaVerify(publicKey: Uint8Array, mu: Uint8Array, signature: Uint8Array): boolean {
  try {
    const raw = mlDsaPublicKey.unwrap(publicKey)
    return ml_dsa65.internal.verify(Uint8Array.from(signature), Uint8Array.from(mu), raw, { externalMu: true })
  } catch {
    // The signature has another size.
    return false
  }
}

function shake256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('shake256', { outputLength: MU_SIZE })
  for (const part of parts) hash.update(part)
  return hash.digest()
}
