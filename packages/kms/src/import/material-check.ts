import { NONCE_SIZE } from '@hufu/crypto'
import type { KeyBackend, KeyMaterial } from '../backend/key-backend.ts'

/**
 * What is the same for the same symmetric key and tells nothing of it: a fixed plaintext sealed under the nonce of
 * epoch 0, which no encryption ever uses (docs/formats/ciphertext-blob.md).
 */
export async function materialCheck(backend: KeyBackend, material: KeyMaterial): Promise<string> {
  const sealed = await backend.seal(
    material,
    new Uint8Array(NONCE_SIZE),
    Buffer.from('hufu material check'),
    Buffer.of(0),
  )
  return Buffer.from(sealed).toString('hex')
}
