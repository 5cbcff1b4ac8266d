import { DecryptionError, Secret } from '@hufu/crypto'
import type { Hybrid } from '../../post-quantum/hybrid.ts'
import type { SoftwareKeyKind } from './software-key.ts'

/** A hybrid of ML-KEM-768: it opens what was encapsulated to its public key. */
export const hybridKeys = (hybrid: Hybrid): SoftwareKeyKind => ({
  generate: async () => hybrid.generate(),
  load(material) {
    if (material.size !== hybrid.materialSize)
      throw new TypeError(`expected a private key of ${hybrid.materialSize} bytes, received ${material.size}`)
    const key = Secret.take(Uint8Array.from(material.bytes()))
    return {
      decapsulate(encapsulation) {
        try {
          return hybrid.decapsulate(key, encapsulation)
        } catch (cause) {
          throw new DecryptionError({ cause })
        }
      },
      [Symbol.dispose]: () => key[Symbol.dispose](),
    }
  },
})
