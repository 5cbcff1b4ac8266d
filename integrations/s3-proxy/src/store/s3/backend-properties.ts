import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ObjectInfo, Properties } from '../object-store.ts'

type Output = GetObjectCommandOutput | HeadObjectCommandOutput

/** Headers of HTTP are ASCII; other values of user metadata go through the backend in base64. */
const ENCODED = '=?hufu?'

const encode = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) && !value.startsWith(ENCODED)
    ? value
    : ENCODED + Buffer.from(value, 'latin1').toString('base64url')

const decode = (value: string): string =>
  value.startsWith(ENCODED) ? Buffer.from(value.slice(ENCODED.length), 'base64url').toString('latin1') : value

/** The fields of a request that writes. */
export function toBackend({ headers, metadata }: Properties) {
  const expires = Date.parse(headers.expires ?? '')
  return {
    ...defined('CacheControl', headers['cache-control']),
    ...defined('ContentDisposition', headers['content-disposition']),
    ...defined('ContentEncoding', headers['content-encoding']),
    ...defined('ContentLanguage', headers['content-language']),
    ...defined('ContentType', headers['content-type']),
    ...(Number.isNaN(expires) ? {} : { Expires: new Date(expires) }),
    Metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, encode(value)])),
  }
}

/** `size` is that of the whole object, which an answer to a range does not have as its length. */
export function fromBackend(output: Output, size: number): ObjectInfo {
  const metadata = Object.entries(output.Metadata ?? {}).map(([name, value]) => [name.toLowerCase(), decode(value)])
  return {
    headers: {
      ...defined('cache-control', output.CacheControl),
      ...defined('content-disposition', output.ContentDisposition),
      ...defined('content-encoding', output.ContentEncoding),
      ...defined('content-language', output.ContentLanguage),
      ...defined('content-type', output.ContentType),
      ...defined('expires', output.ExpiresString),
    },
    metadata: Object.fromEntries(metadata),
    size,
    etag: bareEtag(output.ETag),
    modified: output.LastModified?.getTime() ?? 0,
  }
}

export const bareEtag = (etag: string | undefined): string => (etag ?? '').replace(/^"|"$/g, '')

const defined = <N extends string>(name: N, value: string | undefined): Partial<Record<N, string>> =>
  value === undefined ? {} : ({ [name]: value } as Record<N, string>)
