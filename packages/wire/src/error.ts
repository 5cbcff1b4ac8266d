/**
 * The error catalogue: every failure that crosses a package border or a wire, by its stable code.
 * Each row gives the HTTP status, the name in both dialects, and what the reader can do about it.
 */
export const errorCatalogue = {
  AccessDenied: {
    status: 400,
    tencent: 'UnauthorizedOperation',
    aws: 'AccessDeniedException',
    hint: 'ask for a policy that allows this action on this key',
  },
  AliasAlreadyExists: {
    status: 400,
    tencent: 'InvalidParameterValue.AliasAlreadyExists',
    aws: 'AlreadyExistsException',
    hint: 'choose another alias',
  },
  DecryptionFailed: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidCiphertext',
    aws: 'InvalidCiphertextException',
    hint: 'the ciphertext, its key and its encryption context must all be those of the encryption',
  },
  Internal: {
    status: 500,
    tencent: 'InternalError',
    aws: 'KMSInternalException',
    hint: 'look up the request id in the server log',
  },
  InvalidAction: {
    status: 400,
    tencent: 'InvalidAction',
    aws: 'UnknownOperationException',
    hint: 'docs/api.md lists the supported actions',
  },
  InvalidAuthorization: {
    status: 400,
    tencent: 'AuthFailure.InvalidAuthorization',
    aws: 'IncompleteSignatureException',
    hint: 'let an SDK sign the request, or see docs/api.md for what is signed',
  },
  InvalidKeyId: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidKeyId',
    aws: 'NotFoundException',
    hint: 'give a key id, a key ARN or an alias',
  },
  InvalidKeyUsage: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidKeyUsage',
    aws: 'InvalidKeyUsageException',
    hint: 'use a key made for this purpose',
  },
  InvalidParameter: {
    status: 400,
    tencent: 'InvalidParameter',
    aws: 'ValidationException',
    hint: 'correct the named parameter',
  },
  InvalidState: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkStateNotSupport',
    aws: 'KMSInvalidStateException',
    hint: 'look at the key state with: hufu key describe',
  },
  KeyDisabled: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkDisabled',
    aws: 'DisabledException',
    hint: 'enable it with: hufu key enable',
  },
  KeyNotFound: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkNotFound',
    aws: 'NotFoundException',
    hint: 'list the keys with: hufu key list',
  },
  NotSupported: {
    status: 400,
    tencent: 'UnsupportedOperation',
    aws: 'UnsupportedOperationException',
    hint: 'docs/api.md says what is supported',
  },
  SignatureExpired: {
    status: 400,
    tencent: 'AuthFailure.SignatureExpire',
    aws: 'RequestExpiredException',
    hint: 'set the clock of the machine that signs: at most five minutes may lie between it and the server',
  },
  SignatureMismatch: {
    status: 400,
    tencent: 'AuthFailure.SignatureFailure',
    aws: 'InvalidSignatureException',
    hint: 'check the secret access key, and that nothing between changes the request',
  },
  Unavailable: {
    status: 503,
    tencent: 'UnsupportedOperation.ServiceTemporaryUnavailable',
    aws: 'DependencyTimeoutException',
    hint: 'try again; if it lasts, see /readyz',
  },
} as const satisfies Record<string, ErrorEntry>

export interface ErrorEntry {
  /** HTTP status of the AWS dialect (the Tencent dialect always answers 200). */
  readonly status: number
  /** `Error.Code` of the Tencent dialect. */
  readonly tencent: string
  /** `__type` of the AWS dialect. */
  readonly aws: string
  /** What the reader can do: one clause, lower case. */
  readonly hint: string
}

export type ErrorCode = keyof typeof errorCatalogue

/**
 * A failure with a stable code. The message never holds a secret: it says what was expected and what
 * was received. `cause` is for the server's log only.
 */
export class HufuError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'HufuError'
    this.code = code
  }

  get hint(): string {
    return errorCatalogue[this.code].hint
  }
}

export const isHufuError = (error: unknown, code?: ErrorCode): error is HufuError =>
  error instanceof HufuError && (code === undefined || error.code === code)
