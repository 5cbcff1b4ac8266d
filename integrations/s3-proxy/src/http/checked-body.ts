import type { IncomingMessage } from 'node:http'
import { type Checksum, type ChecksumAlgorithm, checksumAlgorithms, checksumSize } from '../checksum/checksum.ts'
import { type Digest, digestOf } from '../checksum/digest.ts'
import { S3Error } from '../error.ts'
import type { Body } from '../store/object-store.ts'
import type { Authenticated } from './authenticate.ts'
import { decodeChunks } from './aws-chunked.ts'
import { header, type S3Request } from './s3-request.ts'

/** What was checked of a body; known when it has ended. */
export interface BodyChecks {
  readonly md5: Buffer | null
  readonly checksum: Checksum | null
}

/** A request's body, decoded; its end is only reached when everything that the client said about it holds. */
export interface CheckedBody {
  /** Plaintext bytes that the client announced. */
  readonly size: number
  readonly bytes: Body
  /** Throws `TypeError` before the end of `bytes`. */
  checks(): BodyChecks
}

/** The SHA-256 of a body that is not hashed, or is checked in another way. */
const STANDS_FOR_HASH = {
  'UNSIGNED-PAYLOAD': null,
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { signed: false, trailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { signed: true, trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { signed: true, trailer: true },
} as const

/**
 * Reads headers; the body itself is read when `bytes` is. `compute` is a checksum to make even if none was given.
 * A failure does not end the connection: it is still to be answered.
 */
export function checkedBody(
  request: S3Request,
  message: IncomingMessage,
  { payloadHash, chunks }: Authenticated,
  compute: ChecksumAlgorithm | null = null,
): CheckedBody {
  const trailers = new Map<string, string>()
  const expected = expectations(request, payloadHash, compute)
  const coding = codingOf(payloadHash)
  const size = sizeOf(request, coding !== null)
  const received = message.iterator({ destroyOnReturn: false })
  const raw =
    coding === null
      ? received
      : decodeChunks(received, { chain: coding.signed ? chunks : null, trailer: coding.trailer }, trailers)
  let checks: BodyChecks | null = null
  const bytes = checking(raw, expected, trailers, (done) => {
    checks = done
  })
  return {
    size,
    bytes,
    checks() {
      if (checks === null) throw new TypeError('expected the body to be read before its checks')
      return checks
    },
  }
}

interface Expectations {
  readonly sha256: string | null
  readonly md5: Buffer | null
  readonly algorithm: ChecksumAlgorithm | null
  /** From a header; null when it comes as a trailer, or is only computed. */
  readonly value: Buffer | null
  readonly trailer: string | null
}

function expectations(request: S3Request, payloadHash: string, compute: ChecksumAlgorithm | null): Expectations {
  const given = checksumHeader(request)
  const trailer = header(request, 'x-amz-trailer')?.trim().toLowerCase() ?? null
  const trailing = trailer === null ? null : (checksumAlgorithms.find((name) => headerOf(name) === trailer) ?? null)
  if (trailer !== null && trailing === null)
    throw new S3Error('InvalidRequest', `expected a checksum header in x-amz-trailer, received ${trailer}`)
  return {
    sha256: payloadHash in STANDS_FOR_HASH ? null : sha256Of(payloadHash),
    md5: md5Of(header(request, 'content-md5')),
    algorithm: given?.algorithm ?? trailing ?? compute,
    value: given === null ? null : Buffer.from(given.value),
    trailer: given === null ? trailer : null,
  }
}

/** The name of the header and trailer of a checksum. */
export const headerOf = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`

/** The one checksum given in the headers; null when there is none. */
export function checksumHeader(request: Pick<S3Request, 'headers'>): Checksum | null {
  const given = checksumAlgorithms.filter((name) => header(request, headerOf(name)) !== undefined)
  const [algorithm, more] = given
  if (more !== undefined) throw new S3Error('InvalidRequest', 'expected at most one checksum header')
  return algorithm === undefined ? null : parseChecksum(algorithm, header(request, headerOf(algorithm)) ?? '')
}

export function parseChecksum(algorithm: ChecksumAlgorithm, text: string): Checksum {
  const value = Buffer.from(text, 'base64')
  if (value.length !== checksumSize(algorithm) || value.toString('base64') !== text)
    throw new S3Error('InvalidRequest', `expected a base64 value in ${headerOf(algorithm)}`)
  return { algorithm, value }
}

function sha256Of(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new S3Error('InvalidArgument', 'expected x-amz-content-sha256 to be 64 hex digits or one of its literals')
  return hash
}

function md5Of(text: string | undefined): Buffer | null {
  if (text === undefined) return null
  const value = Buffer.from(text, 'base64')
  if (value.length !== 16) throw new S3Error('InvalidDigest', 'expected a base64 MD5 of 16 bytes in content-md5')
  return value
}

const codingOf = (payloadHash: string) => STANDS_FOR_HASH[payloadHash as keyof typeof STANDS_FOR_HASH] ?? null

function sizeOf(request: S3Request, chunked: boolean): number {
  const name = chunked ? 'x-amz-decoded-content-length' : 'content-length'
  const text = header(request, name)
  if (text === undefined) throw new S3Error('MissingContentLength', `expected a header ${name}`)
  const size = Number(text)
  if (!/^\d{1,15}$/.test(text)) throw new S3Error('InvalidArgument', `expected a number of bytes in ${name}`)
  return size
}

async function* checking(
  source: Body,
  expected: Expectations,
  trailers: ReadonlyMap<string, string>,
  done: (checks: BodyChecks) => void,
): Body {
  const sha256 = expected.sha256 === null ? null : digestOf('SHA256')
  const md5 = expected.md5 === null ? null : digestOf('MD5')
  const checksum = expected.algorithm === null ? null : digestOf(expected.algorithm)
  const digests = [sha256, md5, checksum].filter((digest): digest is Digest => digest !== null)
  for await (const chunk of source) {
    for (const digest of digests) digest.update(chunk)
    yield chunk
  }
  if (sha256 !== null && sha256.digest().toString('hex') !== expected.sha256)
    throw new S3Error('XAmzContentSHA256Mismatch', 'the SHA-256 of the body is not the signed one')
  const md5Value = md5?.digest() ?? null
  if (md5Value !== null && expected.md5?.equals(md5Value) !== true)
    throw new S3Error('BadDigest', 'the MD5 of the body is not that of content-md5')
  done({ md5: md5Value, checksum: checkChecksum(expected, checksum, trailers) })
}

function checkChecksum(
  expected: Expectations,
  digest: Digest | null,
  trailers: ReadonlyMap<string, string>,
): Checksum | null {
  const { algorithm, trailer } = expected
  if (algorithm === null || digest === null) return null
  const value = digest.digest()
  const claimed = trailer === null ? expected.value : trailed(algorithm, trailers.get(trailer))
  if (claimed !== null && !claimed.equals(value))
    throw new S3Error('BadDigest', `the ${algorithm} of the body is not the one given`)
  return { algorithm, value }
}

function trailed(algorithm: ChecksumAlgorithm, text: string | undefined): Buffer {
  if (text === undefined) throw new S3Error('InvalidRequest', `expected a trailing header ${headerOf(algorithm)}`)
  return Buffer.from(parseChecksum(algorithm, text).value)
}
