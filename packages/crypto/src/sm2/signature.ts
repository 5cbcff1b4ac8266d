import { checkOwnBytes } from '../own-bytes.ts'
import { isSignatureNumber, SM2_NUMBER_SIZE } from './curve.ts'
import { type Sm2UserId, sm2MessageDigest } from './message-digest.ts'
import type { Sm2PrivateKey } from './private-key.ts'
import type { Sm2PublicKey } from './public-key.ts'
import { decodeSignature, encodeSignature } from './signature-encoding.ts'

/** DER: SEQUENCE { r INTEGER, s INTEGER } (GM/T 0009-2012, 7.3). raw: r || s, 64 bytes. */
export type Sm2SignatureFormat = 'DER' | 'raw'

export interface Sm2SignatureOptions {
  /** DER unless told otherwise. */
  readonly format?: Sm2SignatureFormat
}

/** Signs the message under the user id (GB/T 32918.2, 6.1). */
export function sm2Sign(
  key: Sm2PrivateKey,
  message: Uint8Array,
  options: Sm2UserId & Sm2SignatureOptions = {},
): Uint8Array {
  return sm2SignDigest(key, sm2MessageDigest(key.publicKey, message, options), options)
}

/** Signs 32 bytes as e, verbatim: whoever calls has mixed Z in, or has agreed on leaving it out. */
export function sm2SignDigest(key: Sm2PrivateKey, e: Uint8Array, { format }: Sm2SignatureOptions = {}): Uint8Array {
  const signature = key.operations.sign(checkDigest(e))
  return format === 'raw' ? signature : encodeSignature(signature)
}

/** Whether the signature is the key's over the message under the user id. False for everything malformed. */
export function sm2Verify(
  key: Sm2PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
  options: Sm2UserId & Sm2SignatureOptions = {},
): boolean {
  return sm2VerifyDigest(key, sm2MessageDigest(key, message, options), signature, options)
}

/** As `sm2Verify`, over 32 bytes as e. */
export function sm2VerifyDigest(
  key: Sm2PublicKey,
  e: Uint8Array,
  signature: Uint8Array,
  { format }: Sm2SignatureOptions = {},
): boolean {
  checkDigest(e)
  checkOwnBytes(signature)
  const raw = format === 'raw' ? signature : decodeSignature(signature)
  if (raw?.length !== 2 * SM2_NUMBER_SIZE) return false
  if (!isSignatureNumber(raw.subarray(0, SM2_NUMBER_SIZE))) return false
  if (!isSignatureNumber(raw.subarray(SM2_NUMBER_SIZE))) return false
  return key.operations.verify(e, raw)
}

function checkDigest(e: Uint8Array): Uint8Array {
  if (checkOwnBytes(e).length !== SM2_NUMBER_SIZE)
    throw new TypeError(`expected a digest of 32 bytes, received ${e.length}`)
  return e
}
