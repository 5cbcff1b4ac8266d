import { createPublicKey } from 'node:crypto'
import { Sm2PublicKey } from '@hufu/crypto'
import { type ForRecipient, HufuError, type Recipient } from '@hufu/wire'
import { encryptTo } from './public-key.ts'

export type { ForRecipient }

const MIN_RSA_BITS = 2_048

/** The plaintext itself, or encrypted to the recipient and wiped. Throws `RecipientInvalid` for a key that is none. */
export function forRecipient(plaintext: Uint8Array, recipient: Recipient | undefined): Uint8Array {
  if (recipient === undefined) return plaintext
  try {
    return encryptTo(recipient.algorithm, publicKeyOf(recipient), plaintext)
  } finally {
    plaintext.fill(0)
  }
}

function publicKeyOf({ publicKey, algorithm }: Recipient): Uint8Array {
  const read = algorithm === 'SM2PKE' || algorithm === 'SM2PKE_ASN1' ? readSm2 : readRsa
  try {
    return read(publicKey)
  } catch (cause) {
    const kind = read === readSm2 ? 'an SM2' : `an RSA (${MIN_RSA_BITS} bits or more)`
    throw new HufuError('RecipientInvalid', `expected ${kind} public key for ${algorithm}, as DER or PEM`, { cause })
  }
}

const readSm2 = (key: Uint8Array | string): Uint8Array => Sm2PublicKey.fromSpki(key).toSpki()

function readRsa(key: Uint8Array | string): Uint8Array {
  const object =
    typeof key === 'string'
      ? createPublicKey(key)
      : createPublicKey({ key: Buffer.from(key), type: 'spki', format: 'der' })
  if ((object.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) throw new TypeError('expected a larger key')
  return object.export({ type: 'spki', format: 'der' })
}
