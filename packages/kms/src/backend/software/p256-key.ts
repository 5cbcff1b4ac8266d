import { createPrivateKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { Secret } from '@hufu/crypto'
import { p256 } from '@noble/curves/nist.js'
import { derSignature } from '../../algorithms/ecdsa-signature.ts'
import type { SoftwareKeyKind } from './software-key.ts'

/** ECDSA on P-256. node:crypto signs no ready digest, so the signature is made by @noble/curves. */
export const p256Keys: SoftwareKeyKind = {
  async generate() {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
    return {
      material: Secret.take(privateKey.export({ type: 'pkcs8', format: 'der' })),
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    }
  },
  load(material) {
    const key = createPrivateKey({ key: Buffer.from(material.bytes()), type: 'pkcs8', format: 'der' })
    const { crv, d = '' } = key.export({ format: 'jwk' })
    if (crv !== 'P-256') throw new TypeError(`expected a key on P-256, received one on ${crv}`)
    const scalar = Secret.take(Buffer.from(d, 'base64url'))
    return {
      sign: (_, digest) => derSignature(p256.sign(digest, scalar.bytes(), { prehash: false, lowS: false })),
      [Symbol.dispose]: () => scalar[Symbol.dispose](),
    }
  },
}
