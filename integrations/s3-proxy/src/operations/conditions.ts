import { S3Error } from '../error.ts'
import { header, type S3Request } from '../http/s3-request.ts'
import type { ObjectInfo, WriteCondition } from '../store/object-store.ts'

type Tagged = Pick<ObjectInfo, 'etag' | 'modified'>

/** The condition of a write: `If-None-Match: *` or `If-Match` with one ETag. */
export function writeCondition(request: S3Request): WriteCondition {
  const ifNoneMatch = header(request, 'if-none-match')
  const ifMatch = header(request, 'if-match')
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw new S3Error('NotImplemented', 'expected If-None-Match: * on a write')
  return {
    ...(ifNoneMatch === undefined ? {} : { ifAbsent: true }),
    ...(ifMatch === undefined ? {} : { ifMatch: unquote(ifMatch) }),
  }
}

/** Whether the request depends on the object's state; then that is looked up first. */
export const isConditional = (request: S3Request): boolean =>
  ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'].some((name) => request.headers[name])

/**
 * RFC 9110, section 13.2.2: an ETag decides before a date. Throws `PreconditionFailed`, or `NotModified` where the
 * request reads. `prefix` is that of the headers about the source of a copy.
 */
export function checkRead(request: S3Request, object: Tagged, prefix = ''): void {
  const value = (name: string): string | undefined => header(request, prefix + name)
  const [match, noneMatch] = [value('if-match'), value('if-none-match')]
  const unmodified = match === undefined ? secondsOf(value('if-unmodified-since')) : null
  const modified = noneMatch === undefined ? secondsOf(value('if-modified-since')) : null
  const at = Math.floor(object.modified / 1000)
  if ((match !== undefined && !matches(match, object)) || (unmodified !== null && at > unmodified))
    throw new S3Error('PreconditionFailed', 'the object is not in the state that the request expects')
  if ((noneMatch !== undefined && matches(noneMatch, object)) || (modified !== null && at <= modified))
    throw new S3Error(prefix === '' ? 'NotModified' : 'PreconditionFailed', 'the object was not modified')
}

const matches = (list: string, { etag }: Tagged): boolean =>
  list.trim() === '*' || list.split(',').some((one) => unquote(one) === etag)

export const unquote = (etag: string): string =>
  etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1')

/** A date that can't be read is as if it were not there (RFC 9110, section 13.1.3). */
function secondsOf(date: string | undefined): number | null {
  const at = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(at) ? null : Math.floor(at / 1000)
}
