import { type ErrorCode, errorCatalogue, HufuError } from '@hufu/wire'

/** The first row wins where several share a name: only a Hufu server tells which one it was. */
const codesOf = (dialect: 'aws' | 'tencent'): ReadonlyMap<string, ErrorCode> =>
  new Map(
    Object.entries(errorCatalogue)
      .map(([code, entry]): [string, ErrorCode] => [entry[dialect], code as ErrorCode])
      .reverse(),
  )

const ambiguous: Readonly<Record<string, ErrorCode>> = {
  NotFoundException: 'KeyNotFound',
  InvalidParameter: 'InvalidParameter',
  ValidationException: 'InvalidParameter',
  InternalError: 'Internal',
  KMSInternalException: 'Internal',
  KMSInvalidStateException: 'InvalidState',
  DisabledException: 'KeyDisabled',
  InvalidCiphertextException: 'DecryptionFailed',
  UnsupportedOperationException: 'NotSupported',
  LimitExceededException: 'LimitExceeded',
  UnrecognizedClientException: 'UnknownAccessKey',
}

/** What AWS and Tencent say when the caller asks too often, and when it should simply come back later. */
const THROTTLED = /Throttl|TooMany|SlowDown|RequestLimitExceeded/
const BUSY = /ServiceUnavailable|DependencyTimeout|KMSInternal|InternalError/

const byName = { aws: codesOf('aws'), tencent: codesOf('tencent') }

/** The error that an answer tells of, by the code where it is Hufu's own, otherwise by the dialect's name. */
export function wireError(dialect: 'aws' | 'tencent', name: string, message: string, code?: string): HufuError {
  const known = code !== undefined && code in errorCatalogue ? (code as ErrorCode) : codeOf(dialect, name)
  const { hint } = errorCatalogue[known]
  const told = message.endsWith(`; ${hint}`) ? message.slice(0, -hint.length - 2) : message
  return new HufuError(known, told === '' ? name : told)
}

function codeOf(dialect: 'aws' | 'tencent', name: string): ErrorCode {
  const short = name.slice(name.lastIndexOf('#') + 1)
  const known = ambiguous[short] ?? byName[dialect].get(short)
  if (known !== undefined && known !== 'Internal') return known
  if (THROTTLED.test(short)) return 'RequestLimitExceeded'
  return BUSY.test(short) ? 'Unavailable' : (known ?? 'Internal')
}
