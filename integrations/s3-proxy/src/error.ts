import { DecryptionError } from '@hufu/crypto'
import { type ErrorCode, isHufuError } from '@hufu/wire'

/** Every error that the proxy answers with: its S3 code and HTTP status. docs/s3.md lists the same. */
export const s3Errors = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidChunkSizeError: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartNumber: 416,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  'KMS.DisabledException': 400,
  'KMS.InvalidStateException': 400,
  'KMS.NotFoundException': 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MetadataTooLarge: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  NotModified: 304,
  ObjectNotAuthentic: 422,
  ObjectNotEncrypted: 422,
  PreconditionFailed: 412,
  RequestHeaderSectionTooLarge: 400,
  RequestTimeTooSkewed: 403,
  RequestTimeout: 400,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  StorageFull: 507,
  XAmzContentSHA256Mismatch: 400,
} as const satisfies Record<string, number>

export type S3ErrorCode = keyof typeof s3Errors

/** A refusal or failure, as an S3 client reads it. `cause` is for the log and the audit only. */
export class S3Error extends Error {
  readonly code: S3ErrorCode

  constructor(code: S3ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'S3Error'
    this.code = code
  }

  get status(): number {
    return s3Errors[this.code]
  }
}

export const isS3Error = (error: unknown, code?: S3ErrorCode): error is S3Error =>
  error instanceof S3Error && (code === undefined || error.code === code)

/** What the KMS's refusals are called in S3. All others are `InternalError`. */
const FROM_KMS: Partial<Record<ErrorCode, S3ErrorCode>> = {
  AccessDenied: 'AccessDenied',
  InvalidAuthorization: 'AuthorizationHeaderMalformed',
  InvalidKeyId: 'KMS.NotFoundException',
  InvalidState: 'KMS.InvalidStateException',
  KeyDisabled: 'KMS.DisabledException',
  KeyNotFound: 'KMS.NotFoundException',
  RequestLimitExceeded: 'SlowDown',
  SignatureExpired: 'RequestTimeTooSkewed',
  SignatureMismatch: 'SignatureDoesNotMatch',
  Unavailable: 'ServiceUnavailable',
}

/** Whether the key is there but must not be used now: what does not need it goes on. */
export const isOutOfUse = (error: unknown): boolean =>
  isHufuError(error, 'KeyDisabled') || isHufuError(error, 'InvalidState') || isHufuError(error, 'KeyNotFound')

/** Any error as an S3 error; what is not meant for the client stays in its cause. */
export function toS3Error(error: unknown): S3Error {
  if (isS3Error(error)) return error
  if (isHufuError(error)) {
    if (error.code === 'DecryptionFailed') return notAuthentic(error)
    const code = FROM_KMS[error.code]
    if (code !== undefined) return new S3Error(code, `${error.message}; ${error.hint}`, { cause: error })
  }
  if (error instanceof DecryptionError) return notAuthentic(error)
  return new S3Error('InternalError', 'the request failed; its id is in the log of the proxy', { cause: error })
}

const notAuthentic = (cause: unknown): S3Error =>
  new S3Error('ObjectNotAuthentic', 'the stored object is not what was stored here under this name', { cause })
