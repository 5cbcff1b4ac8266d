import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { type HeadersReceived, type Origin, queryPairs } from '@hufu/wire'
import { S3Error } from '../error.ts'

/** A request as S3 reads it, before anybody is known to have sent it. */
export interface S3Request {
  readonly method: string
  /** As sent, percent-encoded. */
  readonly rawPath: string
  readonly rawQuery: string
  readonly headers: HeadersReceived
  /** By the socket: what a header says of it is not believed. */
  readonly origin: Origin
  readonly query: ReadonlyMap<string, string>
  /** Empty when the request is about the service. */
  readonly bucket: string
  /** Empty when the request is about the bucket. */
  readonly key: string
}

/** Bytes of the longest key. */
export const KEY_MAX = 1024

/** Reads the target, path style or virtual-host style under one of the domains. Throws `InvalidURI`, `KeyTooLongError`, `InvalidBucketName`. */
export function readRequest(message: IncomingMessage, domains: readonly string[]): S3Request {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  const rawPath = mark < 0 ? url : url.slice(0, mark)
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1)
  const hosted = hostedBucket(message.headers.host ?? '', domains)
  const { bucket, key } = target(rawPath, hosted)
  return {
    method: message.method ?? '',
    rawPath,
    rawQuery,
    headers: message.headers,
    origin: { sourceIp: message.socket.remoteAddress ?? '', secure: message.socket instanceof TLSSocket },
    query: queryOf(rawQuery),
    bucket,
    key,
  }
}

/** A header's one value; undefined when it is missing. */
export function header(request: Pick<S3Request, 'headers'>, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

function target(rawPath: string, hosted: string): { readonly bucket: string; readonly key: string } {
  if (!rawPath.startsWith('/')) throw new S3Error('InvalidURI', 'expected a path that starts with a slash')
  const slash = hosted === '' ? rawPath.indexOf('/', 1) : 0
  const bucket = hosted === '' ? decode(rawPath.slice(1, slash < 0 ? undefined : slash)) : hosted
  const key = slash < 0 ? '' : decode(rawPath.slice(slash + 1))
  if (bucket !== '') checkBucketName(bucket)
  if (Buffer.byteLength(key) > KEY_MAX)
    throw new S3Error('KeyTooLongError', `expected a key of at most ${KEY_MAX} bytes of UTF-8`)
  return { bucket, key }
}

/** S3's rules for general purpose buckets. */
function checkBucketName(name: string): void {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name))
    throw new S3Error(
      'InvalidBucketName',
      'expected a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens',
    )
}

function hostedBucket(host: string, domains: readonly string[]): string {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const domain = domains.find((one) => name.endsWith(`.${one}`))
  return domain === undefined ? '' : name.slice(0, -domain.length - 1)
}

function queryOf(rawQuery: string): ReadonlyMap<string, string> {
  try {
    return new Map(queryPairs(rawQuery))
  } catch (cause) {
    throw new S3Error('InvalidURI', 'expected percent-encoded UTF-8 in the query', { cause })
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new S3Error('InvalidURI', 'expected percent-encoded UTF-8 in the path', { cause })
  }
}
