import {
  constants,
  createHash,
  createPublicKey,
  type KeyObject,
  publicDecrypt,
  publicEncrypt,
  verify,
} from 'node:crypto'
import { Sm2PublicKey, sm2Encrypt, sm2MessageDigest, sm2VerifyDigest } from '@hufu/crypto'
import { type EncryptionAlgorithm, HufuError, type SigningAlgorithm } from '@hufu/wire'
import { mlDsaRepresentative, mlDsaVerify } from '../post-quantum/ml-dsa.ts'
import { curveOfDigest } from './curves.ts'
import { verifySignature } from './rsa-padding.ts'
import { type Signing, signings } from './signing.ts'

/** What others do with a public key (SubjectPublicKeyInfo in DER): no secret is used here. */

/** The digest that the algorithm signs; for SM2 it has the signer's identity in it, of the usual user id. */
export function messageDigest(algorithm: SigningAlgorithm, publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const { digest } = signings[algorithm]
  if (digest === 'sm3') return sm2MessageDigest(Sm2PublicKey.fromSpki(publicKey), message)
  if (digest === 'none') return message
  if (digest === 'mu') return mlDsaRepresentative(publicKey, message)
  return createHash(digest).update(message).digest()
}

/** False for every signature that is not the key's over the digest. */
export function verifyDigest(
  algorithm: SigningAlgorithm,
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const signing = signings[algorithm]
  if (signing.family === 'SM2') return sm2VerifyDigest(Sm2PublicKey.fromSpki(publicKey), digest, signature)
  if (signing.family === 'ECDSA') return verifyEcdsa(signing, publicKey, digest, signature)
  if (signing.family === 'ML-DSA') return mlDsaVerify(publicKey, digest, signature)
  if (signing.family === 'EdDSA') return verify(null, digest, spki(publicKey), signature)
  return verifyRsa(signing, spki(publicKey), digest, signature)
}

function verifyRsa(signing: Signing, key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return false
  try {
    return verifySignature(signing, digest, publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature))
  } catch {
    // The signature is not below the modulus.
    return false
  }
}

function verifyEcdsa(
  { digest: name }: Signing,
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const curve = curveOfDigest[name]
  if (curve === undefined) throw new TypeError(`expected a digest of ECDSA, received ${name}`)
  // The point 04 || x || y ends the structure (RFC 5480, 2).
  const point = Uint8Array.from(publicKey.subarray(-(1 + 2 * curve.size)))
  try {
    return curve.ecdsa.verify(Uint8Array.from(signature), digest, point, { prehash: false, lowS: false, format: 'der' })
  } catch {
    // The signature is not DER.
    return false
  }
}

/** Throws `PlaintextTooLarge` for more than the key and the padding take. */
export function encryptTo(algorithm: EncryptionAlgorithm, publicKey: Uint8Array, plaintext: Uint8Array): Uint8Array {
  if (algorithm === 'SM2PKE' || algorithm === 'SM2PKE_ASN1') {
    const format = algorithm === 'SM2PKE' ? 'C1C3C2' : 'C1C3C2_ASN1'
    return sm2Encrypt(Sm2PublicKey.fromSpki(publicKey), plaintext, { format })
  }
  const key = spki(publicKey)
  const room = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8 - overheads[algorithm]
  if (plaintext.length > room)
    throw new HufuError(
      'PlaintextTooLarge',
      `expected at most ${room} bytes of plaintext, received ${plaintext.length}`,
    )
  const padding = algorithm === 'RSAES_PKCS1_V1_5' ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_OAEP_PADDING
  return publicEncrypt({ key, padding, oaepHash: algorithm === 'RSAES_OAEP_SHA_256' ? 'sha256' : 'sha1' }, plaintext)
}

/** Bytes of a block that are not the message's (RFC 8017, 7.1.1 and 7.2.1). */
const overheads = { RSAES_PKCS1_V1_5: 11, RSAES_OAEP_SHA_1: 42, RSAES_OAEP_SHA_256: 66 } as const

const spki = (publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
