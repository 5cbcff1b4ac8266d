import { type Aead, TAG_SIZE } from './aead.ts'
import { DecryptionError } from './decryption-error.ts'
import { lend } from './lent-memory.ts'
import { NativeAead } from './native-aead.ts'

/** Bytes of input below which another thread costs more than it saves: docs/native.md has the measurement. */
export const ASYNC_MIN = 131_072

/**
 * As `Aead.seal`, on another thread where the value is large enough. Until the promise settles `plaintext` and `into`
 * belong to the call: they are neither to be changed nor read, and their ArrayBuffers can't be transferred ever after.
 */
export async function sealAsync(
  aead: Aead,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  into?: Uint8Array,
): Promise<Uint8Array> {
  if (!(aead instanceof NativeAead) || plaintext.length < ASYNC_MIN) return aead.seal(nonce, aad, plaintext, into)
  const lent = lend(plaintext, into, plaintext.length + TAG_SIZE, true)
  await aead.sealAsync(nonce, aad, lent.input, lent.out)
  return lent.result()
}

/** As `Aead.open`, otherwise as `sealAsync`. */
export async function openAsync(
  aead: Aead,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  into?: Uint8Array,
): Promise<Uint8Array> {
  if (!(aead instanceof NativeAead) || sealed.length < ASYNC_MIN) return aead.open(nonce, aad, sealed, into)
  const lent = lend(sealed, into, sealed.length - TAG_SIZE, true)
  try {
    await aead.openAsync(nonce, aad, lent.input, lent.out)
  } catch (error) {
    if (error instanceof DecryptionError) lent.discard()
    throw error
  }
  return lent.result()
}
