import type { EncryptionAlgorithm, KeySpec } from '@hufu/wire'

const rsa: readonly EncryptionAlgorithm[] = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'RSAES_PKCS1_V1_5']

/** What an asymmetric key of the spec decrypts. */
export const encryptionAlgorithms: Readonly<Record<KeySpec, readonly EncryptionAlgorithm[]>> = {
  AES_256: [],
  SM4: [],
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
  ECC_NIST_P256: [],
  SM2: ['SM2PKE', 'SM2PKE_ASN1'],
  HMAC_256: [],
}
