import { S3Error } from '../error.ts'
import type { S3Request } from '../http/s3-request.ts'

/** A number in the query; null when it is not there. Throws `InvalidArgument`. */
export function numberParameter(
  { query }: S3Request,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | null {
  const text = query.get(name)
  if (text === undefined) return null
  const number = Number(text)
  if (!/^\d{1,10}$/.test(text) || number < min || number > max)
    throw new S3Error('InvalidArgument', `expected ${name} to be a number from ${min} to ${max}`)
  return number
}

/** Percent-encodes names in an answer where the client asked for it, so that XML can carry any key. */
export function nameEncoder({ query }: S3Request): (name: string) => string {
  const type = query.get('encoding-type')
  if (type === undefined) return (name) => name
  if (type !== 'url') throw new S3Error('InvalidArgument', 'expected encoding-type to be url')
  return (name) =>
    encodeURIComponent(name)
      .replaceAll('%2F', '/')
      .replace(/[!'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}
