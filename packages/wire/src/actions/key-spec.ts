import { z } from 'zod'

/** Every kind of key, by Hufu's name, which is also AWS's where AWS has one. */
export const keySpec = z.enum([
  'AES_256',
  'SM4',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'SM2',
  'HMAC_256',
])

export const keyUse = z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC'])
