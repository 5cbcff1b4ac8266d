import { hmac, Secret } from '@hufu/crypto'
import type { SoftwareKeyKind } from './software-key.ts'

const SIZE = 32

/** HMAC with SHA-256 under 32 bytes. */
export const macKeys: SoftwareKeyKind = {
  generate: async () => ({ material: Secret.random(SIZE), publicKey: null }),
  load(material) {
    if (material.size !== SIZE) throw new TypeError(`expected a key of ${SIZE} bytes, received ${material.size}`)
    const key = Secret.take(Uint8Array.from(material.bytes()))
    return {
      mac: (message) => hmac('sha256', key, message),
      [Symbol.dispose]: () => key[Symbol.dispose](),
    }
  },
}
