import { HufuError } from '@hufu/wire'
import type { Key } from '../key/key.ts'
import type { KeyRing } from '../key/key-ring.ts'
import type { Blob } from './blob.ts'

/** Throws `DecryptionFailed` for a ciphertext that names no key. */
export function givenBlob(blob: Blob | null): Blob {
  if (blob === null) throw new HufuError('DecryptionFailed', 'the ciphertext names no key')
  return blob
}

/** Throws `KeyMismatch` unless that name, where one is given, is the key's. */
export async function checkSameKey(ring: KeyRing, key: Key, expected: string | undefined): Promise<void> {
  if (expected === undefined || (await ring.find(expected))?.id === key.id) return
  throw new HufuError('KeyMismatch', `expected a ciphertext of key ${expected}, received one of ${key.id}`)
}
