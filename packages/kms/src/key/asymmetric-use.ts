import { type EncryptionAlgorithm, HufuError, keyKinds } from '@hufu/wire'
import type { Key } from './key.ts'
import type { KeyRing } from './key-ring.ts'

/** SubjectPublicKeyInfo in DER. Throws `InvalidKeyUsage` for a symmetric key. */
export async function publicKeyOf(ring: KeyRing, key: Key): Promise<Uint8Array> {
  const publicKey = await ring.publicKey(key)
  if (publicKey === null) throw new HufuError('InvalidKeyUsage', `expected an asymmetric key, received ${key.spec}`)
  return publicKey
}

/** Throws `InvalidKeyUsage`. */
export function checkDecrypts({ spec, use }: Key, algorithm: EncryptionAlgorithm): void {
  if (use === 'ENCRYPT_DECRYPT' && keyKinds[spec].encryption.includes(algorithm)) return
  throw new HufuError('InvalidKeyUsage', `expected a key that decrypts ${algorithm}, received a ${spec} key for ${use}`)
}
