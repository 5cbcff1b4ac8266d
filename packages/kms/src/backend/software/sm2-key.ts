import { Sm2PrivateKey, sm2Decrypt, sm2SignDigest } from '@hufu/crypto'
import type { SoftwareKeyKind } from './software-key.ts'

export const sm2Keys: SoftwareKeyKind = {
  async generate() {
    using key = Sm2PrivateKey.generate()
    return { material: key.toPkcs8(), publicKey: key.publicKey.toSpki() }
  },
  load(material) {
    const key = Sm2PrivateKey.fromPkcs8(material)
    return {
      sign: (_, digest) => sm2SignDigest(key, digest),
      decrypt: (_, ciphertext) => sm2Decrypt(key, ciphertext),
      [Symbol.dispose]: () => key[Symbol.dispose](),
    }
  },
}
