import { createPrivateKey, generateKeyPair, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { Secret } from '@hufu/crypto'
import type { SoftwareKeyKind } from './software-key.ts'

/** Ed25519 (RFC 8032): it signs the message, not a digest of it. */
export const ed25519Keys: SoftwareKeyKind = {
  async generate() {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('ed25519')
    return {
      material: Secret.take(privateKey.export({ type: 'pkcs8', format: 'der' })),
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    }
  },
  load(material) {
    const key = createPrivateKey({ key: Buffer.from(material.bytes()), type: 'pkcs8', format: 'der' })
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('expected an Ed25519 key, received another')
    return {
      sign: (_, message) => sign(null, message, key),
      [Symbol.dispose]() {},
    }
  },
}
