import { z } from 'zod'
import type { EncryptionAlgorithm, ForRecipient } from '../key-management.ts'

const algorithms = {
  SM2: 'SM2PKE',
  SM2_C1C3C2_ASN1: 'SM2PKE_ASN1',
  RSAES_PKCS1_V1_5: 'RSAES_PKCS1_V1_5',
  RSAES_OAEP_SHA_1: 'RSAES_OAEP_SHA_1',
  RSAES_OAEP_SHA_256: 'RSAES_OAEP_SHA_256',
} as const satisfies Record<string, EncryptionAlgorithm>

type Algorithm = keyof typeof algorithms

/** Tencent's parameters for whom an answer's plaintext is encrypted to: a PEM public key, RSA or SM2. */
export const tencentRecipient = {
  EncryptionPublicKey: z.string().max(4096).default(''),
  EncryptionAlgorithm: z
    .enum(['SM2', 'SM2_C1C3C2_ASN1', 'RSAES_PKCS1_V1_5', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'])
    .default('SM2'),
}

/** No recipient when the public key is left out or empty. */
export function recipientOf(publicKey: string, algorithm: Algorithm): ForRecipient {
  return publicKey === '' ? {} : { recipient: { publicKey, algorithm: algorithms[algorithm] } }
}
