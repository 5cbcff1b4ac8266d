import { HufuError } from '@hufu/wire'
import { expect, it } from 'vitest'
import { toS3Error } from '../src/error.ts'

it.each([
  ['RequestLimitExceeded', 'SlowDown', 503],
  ['Unavailable', 'ServiceUnavailable', 503],
  ['AccessDenied', 'AccessDenied', 403],
] as const)('a KMS that answers %s is told as %s, which S3 clients know what to do with', (code, s3, status) => {
  expect(toS3Error(new HufuError(code, 'expected something'))).toMatchObject({ code: s3, status })
})
