import { constants, createPublicKey, publicEncrypt } from 'node:crypto'
import { type Secret, Sm2PublicKey, sm2Encrypt } from '@hufu/crypto'

/** How material is encrypted for its import, by Tencent's names. */
export const wrappings = [
  'RSAES_OAEP_SHA_256',
  'RSAES_OAEP_SHA_1',
  'RSAES_PKCS1_V1_5',
  'SM2',
  'SM2_C1C3C2_ASN1',
] as const
export type Wrapping = (typeof wrappings)[number]

export const wrappingKeySpec = (wrapping: Wrapping): 'RSA_2048' | 'SM2' =>
  wrapping.startsWith('SM2') ? 'SM2' : 'RSA_2048'

/** The material under the import's public key (SubjectPublicKeyInfo in DER). */
export function wrapMaterial(wrapping: Wrapping, publicKey: Uint8Array, material: Secret): Uint8Array {
  if (wrapping === 'SM2' || wrapping === 'SM2_C1C3C2_ASN1') {
    const format = wrapping === 'SM2' ? 'C1C3C2' : 'C1C3C2_ASN1'
    return sm2Encrypt(Sm2PublicKey.fromSpki(publicKey), material.bytes(), { format })
  }
  const key = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
  const padding = wrapping === 'RSAES_PKCS1_V1_5' ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_OAEP_PADDING
  const oaepHash = wrapping === 'RSAES_OAEP_SHA_256' ? 'sha256' : 'sha1'
  return publicEncrypt({ key, padding, oaepHash }, material.bytes())
}
