import { DecryptionError } from '@hufu/crypto'
import { type ErrorCode, HufuError, isHufuError, isPassing } from '@hufu/wire'
import { AllFailed, type FailedTry } from '../region/all-failed.ts'

/**
 * One error for several failed tries, each told with its reason. Its code is theirs where they agree;
 * otherwise `Unavailable` when a later try may go better, and `DecryptionFailed` when none will. That all of them found
 * the wrapped key not authentic is a `DecryptionError`, as of any other part of the message.
 */
export function failure(what: string, error: unknown): unknown {
  if (!(error instanceof AllFailed)) return error
  const message = `${what}: ${error.message}`
  if (error.tries.length > 0 && error.tries.every(isRefusal)) return new DecryptionError({ detail: message })
  return new HufuError(commonCode(error), message, { cause: error })
}

function commonCode({ tries }: AllFailed): ErrorCode {
  const codes = new Set(tries.map(({ error }) => (isHufuError(error) ? error.code : 'Internal')))
  const [first] = codes
  if (codes.size === 1 && first !== undefined) return first
  return tries.some(({ error }) => isPassing(error)) ? 'Unavailable' : 'DecryptionFailed'
}

const isRefusal = ({ error }: FailedTry): boolean =>
  isHufuError(error, 'DecryptionFailed') || error instanceof DecryptionError
