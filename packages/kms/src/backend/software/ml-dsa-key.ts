import { Secret } from '@hufu/crypto'
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js'
import { mlDsaPublicKey } from '../../post-quantum/ml-dsa.ts'
import type { SoftwareKeyKind } from './software-key.ts'

const SEED_SIZE = 32

/** ML-DSA-65 (FIPS 204) from its seed; it signs the representative mu. */
export const mlDsaKeys: SoftwareKeyKind = {
  async generate() {
    const material = Secret.random(SEED_SIZE)
    const { publicKey, secretKey } = ml_dsa65.keygen(Uint8Array.from(material.bytes()))
    secretKey.fill(0)
    return { material, publicKey: mlDsaPublicKey.wrap(publicKey) }
  },
  load(material) {
    if (material.size !== SEED_SIZE)
      throw new TypeError(`expected a seed of ${SEED_SIZE} bytes, received ${material.size}`)
    const { secretKey } = ml_dsa65.keygen(Uint8Array.from(material.bytes()))
    const key = Secret.take(secretKey)
    return {
      sign: (_, mu) => ml_dsa65.internal.sign(Uint8Array.from(mu), key.bytes(), { externalMu: true }),
      [Symbol.dispose]: () => key[Symbol.dispose](),
    }
  },
}
