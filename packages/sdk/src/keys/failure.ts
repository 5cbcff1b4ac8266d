import { type ErrorCode, HufuError, isHufuError } from '@hufu/wire'
import { AllFailed } from '../region/all-failed.ts'

/**
 * One error for several failed tries, each told with its reason. Its code is theirs where they agree;
 * otherwise `Unavailable` when a later try may go better, and `DecryptionFailed` when none will.
 */
export function failure(what: string, error: unknown): unknown {
  if (!(error instanceof AllFailed)) return error
  return new HufuError(commonCode(error), `${what}: ${error.message}`, { cause: error })
}

function commonCode({ tries }: AllFailed): ErrorCode {
  const codes = new Set(tries.map(({ error }) => (isHufuError(error) ? error.code : 'Internal')))
  const [first] = codes
  if (codes.size === 1 && first !== undefined) return first
  return codes.has('Unavailable') ? 'Unavailable' : 'DecryptionFailed'
}
