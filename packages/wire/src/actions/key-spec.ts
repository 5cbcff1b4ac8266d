import { z } from 'zod'
import { keySpecs } from '../key-kinds.ts'

/** Every kind of key, by Hufu's name, which is also AWS's where AWS has one. */
export const keySpec = z.enum(keySpecs)

export const keyUse = z.enum([
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
])
