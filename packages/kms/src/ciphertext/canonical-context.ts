import { canonicalContext as canonical } from '@hufu/crypto'
import { type EncryptionContext, HufuError } from '@hufu/wire'

/** The one byte form of an encryption context. Throws `InvalidParameter` when it is too large, or not well-formed text. */
export function canonicalContext(context: EncryptionContext = {}): Uint8Array {
  try {
    return canonical(context)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new HufuError('InvalidParameter', cause.message, { cause })
  }
}
