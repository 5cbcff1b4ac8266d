import { createECDH } from 'node:crypto'
import { DecryptionError, Sm2PrivateKey, Sm2PublicKey, sm2Decrypt, sm2SignDigest } from '@hufu/crypto'
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
      agree: (publicKey) => agree(key, publicKey),
      [Symbol.dispose]: () => key[Symbol.dispose](),
    }
  },
}

/** ECDH on the curve of SM2: the x coordinate. Throws `DecryptionError` for a public key that is none of it. */
function agree(key: Sm2PrivateKey, publicKey: Uint8Array): Uint8Array {
  using scalar = key.toScalar()
  try {
    const ecdh = createECDH('SM2')
    ecdh.setPrivateKey(scalar.bytes())
    return ecdh.computeSecret(Sm2PublicKey.fromSpki(publicKey).toPoint())
  } catch (cause) {
    throw new DecryptionError({ cause })
  }
}
