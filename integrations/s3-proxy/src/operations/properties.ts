import { type ChecksumAlgorithm, type ChecksumType, checksumAlgorithms } from '../checksum/checksum.ts'
import { S3Error } from '../error.ts'
import { ENVELOPE_METADATA, type Envelope, encodeEnvelope } from '../format/envelope.ts'
import { header, type S3Request } from '../http/s3-request.ts'
import { CONTENT_HEADERS, type ObjectInfo, type Properties } from '../store/object-store.ts'

const PREFIX = 'x-amz-meta-'
/** Bytes of names and values of a client's user metadata, as in S3. */
export const METADATA_MAX = 2048
/** Names that start so are ours. */
const RESERVED = /^hufu(-|$)/

/** Content headers and user metadata of a request that writes. Throws `MetadataTooLarge`, `InvalidArgument`. */
export function readProperties(request: S3Request): Properties {
  const headers: Record<string, string> = {}
  for (const name of CONTENT_HEADERS) {
    const value = name === 'content-encoding' ? contentEncoding(request) : header(request, name)
    if (value !== undefined) headers[name] = value
  }
  return { headers, metadata: readMetadata(request) }
}

function readMetadata(request: S3Request): Record<string, string> {
  const metadata: Record<string, string> = {}
  let size = 0
  for (const name of Object.keys(request.headers)) {
    if (!name.startsWith(PREFIX)) continue
    const own = name.slice(PREFIX.length)
    if (RESERVED.test(own)) throw new S3Error('InvalidArgument', `the user metadata ${own} is reserved`)
    metadata[own] = header(request, name) ?? ''
    size += own.length + Buffer.byteLength(metadata[own])
  }
  if (size > METADATA_MAX)
    throw new S3Error('MetadataTooLarge', `expected at most ${METADATA_MAX} bytes of user metadata, received ${size}`)
  return metadata
}

/** `aws-chunked` is the coding of the transfer, not of the object. */
function contentEncoding(request: S3Request): string | undefined {
  const codings = header(request, 'content-encoding')
    ?.split(',')
    .map((coding) => coding.trim())
  return codings?.filter((coding) => coding !== '' && coding !== 'aws-chunked').join(',') || undefined
}

export const withEnvelope = ({ headers, metadata }: Properties, envelope: Envelope): Properties => ({
  headers,
  metadata: { ...metadata, [ENVELOPE_METADATA]: encodeEnvelope(envelope) },
})

/** What an upload keeps beside the envelope, so that a listing of uploads can tell their ids. */
const UPLOAD_METADATA = 'hufu-upload'

export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm | null
  readonly type: ChecksumType | null
}

export const withUpload = ({ headers, metadata }: Properties, { algorithm, type }: UploadChecksum): Properties => ({
  headers,
  metadata: { ...metadata, [UPLOAD_METADATA]: `${algorithm ?? 'none'} ${type ?? 'none'}` },
})

/** Null when the metadata is not of an upload. */
export function readUpload(metadata: Properties['metadata']): (UploadChecksum & { readonly envelope: string }) | null {
  const envelope = metadata[ENVELOPE_METADATA]
  const [algorithm, type] = metadata[UPLOAD_METADATA]?.split(' ') ?? []
  if (envelope === undefined || algorithm === undefined) return null
  return {
    envelope,
    algorithm: checksumAlgorithms.find((name) => name === algorithm) ?? null,
    type: type === 'FULL_OBJECT' || type === 'COMPOSITE' ? type : null,
  }
}

/** Without what is ours. */
export function clientMetadata(metadata: Properties['metadata']): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !RESERVED.test(name)))
}

/** The headers of an answer about an object. */
export function propertyHeaders(info: ObjectInfo): Record<string, string> {
  const metadata = Object.entries(clientMetadata(info.metadata)).map(([name, value]) => [PREFIX + name, value] as const)
  return {
    'content-type': 'binary/octet-stream',
    ...info.headers,
    ...Object.fromEntries(metadata),
    etag: `"${info.etag}"`,
    'last-modified': new Date(info.modified).toUTCString(),
    'accept-ranges': 'bytes',
  }
}
