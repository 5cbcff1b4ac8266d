import { DecryptionError } from '../decryption-error.ts'
import { checkOwnBytes } from '../own-bytes.ts'
import { decodeCiphertext, encodeCiphertext, SM2_CIPHERTEXT_PREFIX, type Sm2CiphertextFormat } from './ciphertext.ts'
import type { Sm2PrivateKey } from './private-key.ts'
import type { Sm2PublicKey } from './public-key.ts'

/** Bytes of the longest message. SM2 is for keys and short secrets; what is longer is sealed under a data key. */
export const SM2_MESSAGE_MAX = 65_536

export interface Sm2EncryptOptions {
  /** C1C3C2 unless told otherwise. */
  readonly format?: Sm2CiphertextFormat
}

/** Encrypts 1 to 65,536 bytes to the public key (GB/T 32918.4, 6.1). */
export function sm2Encrypt(key: Sm2PublicKey, message: Uint8Array, { format }: Sm2EncryptOptions = {}): Uint8Array {
  if (checkOwnBytes(message).length === 0 || message.length > SM2_MESSAGE_MAX)
    throw new TypeError(`expected a message of 1 to ${SM2_MESSAGE_MAX} bytes, received ${message.length}`)
  for (;;) {
    const body = key.operations.encrypt(message)
    // A5: a key stream of zeros is thrown away. It shows itself as C2 equal to the message: once in 256 for one byte.
    if (Buffer.compare(body.subarray(SM2_CIPHERTEXT_PREFIX), message) !== 0)
      return encodeCiphertext(body, format ?? 'C1C3C2')
  }
}

/**
 * Opens a ciphertext in DER, as 04 || C1 || C3 || C2, or the same without the 04 (GB/T 32918.4, 7.1).
 * Everything that does not open, for whatever reason, is the same `DecryptionError`.
 */
export function sm2Decrypt(key: Sm2PrivateKey, ciphertext: Uint8Array): Uint8Array {
  const operations = key.operations
  const body = decodeCiphertext(checkOwnBytes(ciphertext))
  if (body === null || body.length > SM2_CIPHERTEXT_PREFIX + SM2_MESSAGE_MAX) throw new DecryptionError()
  const message = operations.decrypt(body)
  if (message === null) throw new DecryptionError()
  // B4: a key stream of zeros means that nobody who follows the standard made this ciphertext.
  if (Buffer.compare(body.subarray(SM2_CIPHERTEXT_PREFIX), message) === 0) throw new DecryptionError()
  return message
}
