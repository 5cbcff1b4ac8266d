import { type AeadAlgorithm, aead, Secret } from '@hufu/crypto'
import type { SoftwareKeyKind } from './software-key.ts'

export const symmetricKeys = (algorithm: AeadAlgorithm, size: number): SoftwareKeyKind => ({
  generate: async () => ({ material: Secret.random(size), publicKey: null }),
  load(material) {
    if (material.size !== size) throw new TypeError(`expected a key of ${size} bytes, received ${material.size}`)
    return aead(algorithm, material)
  },
})
