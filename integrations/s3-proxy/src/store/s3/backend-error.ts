import { S3ServiceException } from '@aws-sdk/client-s3'
import { certificateDoubt } from '@hufu/wire'
import { S3Error, type S3ErrorCode } from '../../error.ts'

/** Errors of the backend that mean to the client what they mean to the proxy. */
const PASSED = new Set<S3ErrorCode>([
  'BucketAlreadyOwnedByYou',
  'BucketNotEmpty',
  'EntityTooLarge',
  'EntityTooSmall',
  'InvalidPart',
  'InvalidPartOrder',
  'InvalidRange',
  'NoSuchBucket',
  'NoSuchKey',
  'NoSuchUpload',
  'PreconditionFailed',
])

const BY_STATUS: Readonly<Record<number, S3ErrorCode>> = {
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  507: 'StorageFull',
}

/** The backend's error as the proxy's. `missing` is what is not there when the backend only says that something is not. */
export function backendError(error: unknown, missing: S3ErrorCode): unknown {
  if (error instanceof S3Error) return error
  if (!(error instanceof S3ServiceException)) return unreachable(error)
  const status = error.$metadata.httpStatusCode ?? 500
  const code = [...PASSED].find((one) => one === error.name) ?? BY_STATUS[status]
  const told = code === 'NoSuchKey' && missing === 'NoSuchUpload' ? missing : code
  if (told !== undefined) return new S3Error(told, error.message || told, { cause: error })
  if (status === 404) return new S3Error(missing, `the object store answered ${error.name}`, { cause: error })
  if (error.name === 'BucketAlreadyExists')
    return new S3Error('BucketAlreadyOwnedByYou', 'there is a bucket of this name already', { cause: error })
  if (status >= 500) return new S3Error('SlowDown', 'the object store is busy or down; try again', { cause: error })
  return new S3Error('InternalError', 'the object store refuses the proxy; its log says why', { cause: error })
}

function unreachable(cause: unknown): S3Error {
  const doubt = certificateDoubt(cause)
  const why = doubt === null ? 'can not be reached; try again' : `has a certificate that is not trusted (${doubt})`
  return new S3Error('ServiceUnavailable', `the object store ${why}`, { cause })
}
