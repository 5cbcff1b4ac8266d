import { DecryptionError } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import { BackendUnavailable, DamagedMaterial } from './backend/backend-error.ts'

/** Every failure as the one type that leaves the domain; what it came from is its cause, for the log. */
export function toHufuError(cause: unknown): HufuError {
  if (cause instanceof HufuError) return cause
  if (cause instanceof DecryptionError)
    return new HufuError('DecryptionFailed', 'the ciphertext can not be decrypted', { cause })
  if (cause instanceof DamagedMaterial) return new HufuError('Integrity', cause.message, { cause })
  if (cause instanceof BackendUnavailable) return new HufuError('Unavailable', cause.message, { cause })
  return new HufuError('Internal', 'the service failed', { cause })
}

const recorded = new WeakSet<HufuError>()

/** Notes that the audit has it. */
export function noteRecorded(failure: HufuError): HufuError {
  recorded.add(failure)
  return failure
}

/** Whether the audit has it; a failure before an operation knew what it is about is in no record yet. */
export const isRecorded = (failure: HufuError): boolean => recorded.has(failure)
