import { type EncryptionAlgorithm, HufuError, keyKinds } from '@hufu/wire'
import type { KeyBackend } from '../backend/key-backend.ts'
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

interface Opening {
  readonly ring: KeyRing
  readonly backend: Pick<KeyBackend, 'decrypt'>
}

/** What was encrypted to the public key. Throws `InvalidKeyUsage`, or `DecryptionError`. */
export async function openedPrivately(
  { ring, backend }: Opening,
  key: Key,
  algorithm: EncryptionAlgorithm,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  checkDecrypts(key, algorithm)
  return backend.decrypt(await ring.material(key), algorithm, ciphertext)
}
