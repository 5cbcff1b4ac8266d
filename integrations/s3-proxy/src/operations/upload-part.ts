import { randomBytes } from 'node:crypto'
import type { Checksum } from '../checksum/checksum.ts'
import { digestOf } from '../checksum/digest.ts'
import { S3Error } from '../error.ts'
import type { ManifestEntry } from '../format/manifest-entry.ts'
import { sealPartToken } from '../format/part-token.ts'
import { PART_SIZE_MIN, PARTS_MAX, sealedPartSize } from '../format/size.ts'
import { header } from '../http/s3-request.ts'
import { toXml } from '../http/xml.ts'
import { parseRange } from '../object/byte-range.ts'
import { readObject } from '../object/read-object.ts'
import { type OpenUpload, openUpload } from '../object/upload.ts'
import type { ProxyContext } from '../proxy-context.ts'
import type { Body } from '../store/object-store.ts'
import { sealPart } from '../stream/seal-part.ts'
import { checksumElement, checksumHeaders } from './checksum-headers.ts'
import { checkRead } from './conditions.ts'
import { copySource } from './copy-object.ts'
import { encryptionHeaders, refuseCustomerKeys } from './encryption.ts'
import type { Answer, Call } from './operation.ts'
import { numberParameter } from './parameters.ts'
import { REQUEST_MAX } from './put-object.ts'

/** UploadPart. */
export async function uploadPart(call: Call): Promise<Answer> {
  refuseCustomerKeys(call.request)
  const number = partNumber(call)
  using upload = await uploadOf(call)
  const body = call.body(upload.state.algorithm ?? undefined)
  const part: PartContent = { number, size: body.size, bytes: body.bytes, checks: () => body.checks() }
  const { etag, entry } = await storePart(call.proxy, upload, part)
  const headers = { etag: `"${etag}"`, ...encryptionHeaders(upload.cmk), ...checksumHeaders(entry.checksum, null) }
  return { status: 200, headers }
}

/** UploadPartCopy: the source's plaintext, sealed anew under the upload's key. */
export async function uploadPartCopy(call: Call): Promise<Answer> {
  const { proxy, request, user } = call
  refuseCustomerKeys(request)
  const number = partNumber(call)
  const source = copySource(request)
  const range = copyRange(call)
  using upload = await uploadOf(call)
  const known = await proxy.store.head(source)
  checkRead(request, known, 'x-amz-copy-source-')
  const read = await readObject(proxy, user, source, { range, known, manifest: false })
  const size = read.span === null ? read.size : read.span.end - read.span.start
  const part = { number, size, ...digested(read.body, upload) }
  const { etag, entry } = await storePart(proxy, upload, part).finally(() => read.close())
  const result = {
    LastModified: new Date().toISOString(),
    ETag: `"${etag}"`,
    ...checksumElement(entry.checksum, null, 1),
  }
  return { status: 200, headers: encryptionHeaders(upload.cmk), body: toXml('CopyPartResult', result) }
}

interface PartContent {
  readonly number: number
  readonly size: number
  readonly bytes: Body
  checks(): Pick<ManifestEntry, 'md5' | 'checksum'>
}

/** Seals a part under a fresh key and stores it; its ETag carries what Complete needs to know of it. */
async function storePart({ store }: ProxyContext, upload: OpenUpload, { number, size, bytes, checks }: PartContent) {
  if (sealedPartSize(size) > REQUEST_MAX) throw new S3Error('EntityTooLarge', 'expected a part of less than 5 GiB')
  const salt = randomBytes(16)
  const staged = size < PART_SIZE_MIN || number === PARTS_MAX
  const entry = (): ManifestEntry => ({ number, size, salt, ...checks() })
  const note = (): string => sealPartToken(upload.key, { entry: entry(), staged })
  const part = { number, kind: staged ? ('staged' as const) : ('part' as const), size: sealedPartSize(size), note }
  const etag = await store.putPart(upload.stored, part, sealPart(upload.key, salt, size, bytes))
  return { etag: `${etag}.${note()}`, entry: entry() }
}

const uploadOf = ({ proxy, request, user, name }: Call): Promise<OpenUpload> =>
  openUpload(proxy, user, name, request.query.get('uploadId') ?? '')

function partNumber({ request }: Call): number {
  const number = numberParameter(request, 'partNumber', { min: 1, max: PARTS_MAX })
  if (number === null) throw new S3Error('InvalidArgument', 'expected a partNumber')
  return number
}

function copyRange({ request }: Call) {
  const text = header(request, 'x-amz-copy-source-range')
  if (text === undefined) return null
  const range = parseRange(text)
  if (range === null || !('last' in range) || range.last === null)
    throw new S3Error('InvalidArgument', 'expected x-amz-copy-source-range to be bytes=FIRST-LAST')
  return range
}

/** The bytes, with the checksum that the upload keeps of each part. */
function digested(source: Body, upload: OpenUpload): Pick<PartContent, 'bytes' | 'checks'> {
  const { algorithm } = upload.state
  if (algorithm === null) return { bytes: source, checks: () => ({ md5: null, checksum: null }) }
  const digest = digestOf(algorithm)
  let checksum: Checksum | null = null
  async function* bytes(): Body {
    for await (const chunk of source) {
      digest.update(chunk)
      yield chunk
    }
    checksum = algorithm === null ? null : { algorithm, value: digest.digest() }
  }
  return { bytes: bytes(), checks: () => ({ md5: null, checksum }) }
}
