import { createHmac } from 'node:crypto'
import { Secret } from '@hufu/crypto'
import { macDigests } from '../../algorithms/mac.ts'
import type { SoftwareKeyKind } from './software-key.ts'

/** HMAC under a key as long as its digest. */
export const macKeys = (algorithm: keyof typeof macDigests): SoftwareKeyKind => {
  const { digest, size } = macDigests[algorithm]
  return {
    generate: async () => ({ material: Secret.random(size), publicKey: null }),
    load(material) {
      if (material.size !== size) throw new TypeError(`expected a key of ${size} bytes, received ${material.size}`)
      const key = Secret.take(Uint8Array.from(material.bytes()))
      return {
        mac: (message) => createHmac(digest, key.bytes()).update(message).digest(),
        [Symbol.dispose]: () => key[Symbol.dispose](),
      }
    },
  }
}
