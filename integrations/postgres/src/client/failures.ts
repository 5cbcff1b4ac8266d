import { GUARD_ERROR } from './guard.ts'

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

export const isGuardError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === GUARD_ERROR

/**
 * SQLSTATEs with which a statement fails whose column was encrypted when it was planned and no longer is, or the other
 * way round: undefined function, wrong type, bad text, undefined column, check violation.
 */
const OUTDATED = [GUARD_ERROR, '42883', '42804', '22P02', '42703', '23514', '42P10']

export const isOutdated = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && OUTDATED.includes(String(error.code))
