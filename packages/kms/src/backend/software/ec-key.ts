import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { DecryptionError, Secret } from '@hufu/crypto'
import type { Curve } from '../../algorithms/curves.ts'
import { derSignature } from '../../algorithms/ecdsa-signature.ts'
import type { SoftwareKeyKind } from './software-key.ts'

/** ECDSA by @noble/curves, as node:crypto signs no ready digest; ECDH by node:crypto. */
export const ecKeys = ({ name, ecdsa }: Curve): SoftwareKeyKind => ({
  async generate() {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: name })
    return {
      material: Secret.take(privateKey.export({ type: 'pkcs8', format: 'der' })),
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    }
  },
  load(material) {
    const key = createPrivateKey({ key: Buffer.from(material.bytes()), type: 'pkcs8', format: 'der' })
    const { crv, d = '' } = key.export({ format: 'jwk' })
    if (crv !== name) throw new TypeError(`expected a key on ${name}, received one on ${crv}`)
    const scalar = Secret.take(Buffer.from(d, 'base64url'))
    return {
      sign: (_, digest) => derSignature(ecdsa.sign(digest, scalar.bytes(), { prehash: false, lowS: false })),
      agree: (publicKey) => agree(key, publicKey),
      [Symbol.dispose]: () => scalar[Symbol.dispose](),
    }
  },
})

/** Throws `DecryptionError` for a public key that is not one of the same curve. */
function agree(privateKey: KeyObject, publicKey: Uint8Array): Uint8Array {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
    return diffieHellman({ privateKey, publicKey: key })
  } catch (cause) {
    throw new DecryptionError({ cause })
  }
}
