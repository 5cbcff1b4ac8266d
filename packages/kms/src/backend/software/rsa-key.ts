import { constants, createPrivateKey, generateKeyPair, privateDecrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { DecryptionError, Secret } from '@hufu/crypto'
import { decodeEncryption, encodeSignature } from '../../algorithms/rsa-padding.ts'
import { signings } from '../../algorithms/signing.ts'
import type { SoftwareKeyKind } from './software-key.ts'

/** RSA with e = 65537. OpenSSL holds the loaded key in memory of its own, and wipes it when it is collected. */
export const rsaKeys = (bits: number): SoftwareKeyKind => ({
  async generate() {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits })
    return {
      material: Secret.take(privateKey.export({ type: 'pkcs8', format: 'der' })),
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    }
  },
  load(material) {
    const key = createPrivateKey({ key: Buffer.from(material.bytes()), type: 'pkcs8', format: 'der' })
    if (key.asymmetricKeyDetails?.modulusLength !== bits)
      throw new TypeError(`expected an RSA key of ${bits} bits, received another one`)
    const raw = (block: Uint8Array) => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block)
    return {
      sign: (algorithm, digest) => raw(encodeSignature(signings[algorithm], digest, bits / 8)),
      decrypt(algorithm, ciphertext) {
        if (ciphertext.length !== bits / 8) throw new DecryptionError()
        return decodeEncryption(
          algorithm,
          opened(() => raw(ciphertext)),
        )
      },
      [Symbol.dispose]() {},
    }
  },
})

/** A block that is not below the modulus is refused by the operation itself. */
function opened(act: () => Uint8Array): Uint8Array {
  try {
    return act()
  } catch (cause) {
    throw new DecryptionError({ cause })
  }
}
