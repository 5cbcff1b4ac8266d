import { DecryptionError, Secret } from '@hufu/crypto'
import type { Kem } from '../../post-quantum/kem.ts'
import type { SoftwareKeyKind } from './software-key.ts'

/** Of a key encapsulation mechanism: it opens what was encapsulated to its public key. */
export const kemKeys = (kem: Kem): SoftwareKeyKind => ({
  generate: async () => kem.generate(),
  ...(kem.privateKey === undefined ? {} : { privateKey: kem.privateKey }),
  load(material) {
    if (material.size !== kem.materialSize)
      throw new TypeError(`expected a private key of ${kem.materialSize} bytes, received ${material.size}`)
    const key = Secret.take(Uint8Array.from(material.bytes()))
    return {
      decapsulate(encapsulation) {
        try {
          return kem.decapsulate(key, encapsulation)
        } catch (cause) {
          throw new DecryptionError({ cause })
        }
      },
      [Symbol.dispose]: () => key[Symbol.dispose](),
    }
  },
})
