import { base64, HufuError } from '@hufu/wire'
import { z } from 'zod'

const bytes = base64(0, 8192)
/** Taken out of the answer before it became text. */
const secretBytes = z.instanceof(Uint8Array).refine(({ length }) => length <= 8192)

export const encrypted = z
  .object({ CiphertextBlob: bytes, KeyId: z.string() })
  .transform(({ CiphertextBlob, KeyId }) => ({ ciphertext: CiphertextBlob, keyId: KeyId }))

export const decrypted = z
  .object({ Plaintext: secretBytes, KeyId: z.string() })
  .transform(({ Plaintext, KeyId }) => ({ plaintext: Plaintext, keyId: KeyId }))

export const dataKey = z
  .object({ Plaintext: secretBytes, CiphertextBlob: bytes, KeyId: z.string() })
  .transform(({ Plaintext, CiphertextBlob, KeyId }) => ({
    plaintext: Plaintext,
    ciphertext: CiphertextBlob,
    keyId: KeyId,
  }))

export const reEncrypted = z
  .object({ CiphertextBlob: bytes, KeyId: z.string(), SourceKeyId: z.string(), ReEncrypted: z.boolean().default(true) })
  .transform(({ CiphertextBlob, KeyId, SourceKeyId, ReEncrypted }) => ({
    ciphertext: CiphertextBlob,
    keyId: KeyId,
    sourceKeyId: SourceKeyId,
    reEncrypted: ReEncrypted,
  }))

/** An answer of another form is the service's failure, not the caller's. */
export function readAs<Output>(schema: z.ZodType<Output>, answer: unknown): Output {
  const { success, data, error } = schema.safeParse(answer)
  if (success) return data
  throw new HufuError('Unavailable', 'expected an answer of a KMS, received one of another form', { cause: error })
}
