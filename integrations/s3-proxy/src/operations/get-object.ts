import { isOutOfUse, S3Error } from '../error.ts'
import type { Envelope } from '../format/envelope.ts'
import type { Manifest } from '../format/manifest.ts'
import { header, type S3Request } from '../http/s3-request.ts'
import { type ByteRange, parseRange, resolveRange } from '../object/byte-range.ts'
import { loadManifest } from '../object/load-manifest.ts'
import { type ReadObject, readObject } from '../object/read-object.ts'
import { envelopeOf, keyOf, sizeOf } from '../object/stored-object.ts'
import type { ObjectInfo } from '../store/object-store.ts'
import type { Span } from '../stream/read-plan.ts'
import { checksumHeaders } from './checksum-headers.ts'
import { checkRead, isConditional } from './conditions.ts'
import { encryptionHeaders, refuseCustomerKeys } from './encryption.ts'
import type { Answer, Call } from './operation.ts'
import { numberParameter } from './parameters.ts'
import { propertyHeaders } from './properties.ts'

/** GetObject: whole, or a range, or one part as it was uploaded. */
export async function getObject(call: Call): Promise<Answer> {
  const { proxy, request, user, name } = call
  refuseCustomerKeys(request)
  const wanted = parseRange(header(request, 'range'))
  const known = await lookedUp(call, wanted)
  const part = known === null ? null : await partRange(call, known)
  const manifest = wantsChecksum(request)
  const read = await readObject(proxy, user, name, { range: part?.range ?? wanted, known, manifest })
  const headers = { ...answerHeaders(read, request), ...(part === null ? {} : { 'x-amz-mp-parts-count': part.count }) }
  return { status: read.span === null ? 200 : 206, headers, body: read.body }
}

/** HeadObject: what GetObject would answer, without the bytes, and told also while the key is out of use. */
export async function headObject(call: Call): Promise<Answer> {
  const { proxy, request, name } = call
  refuseCustomerKeys(request)
  const info = await proxy.store.head(name)
  const envelope = envelopeOf(info)
  const size = sizeOf(info, envelope)
  checkRead(request, info)
  const part = await partRange(call, info)
  const range = part?.range ?? parseRange(header(request, 'range'))
  const span = range === null ? null : resolveRange(range, size)
  if (range !== null && span === null) throw new S3Error('InvalidRange', 'expected a range within the object')
  const cmk = await usableCmk(call, envelope)
  const manifest = wantsChecksum(request) && cmk !== null ? await manifestOf(call, info) : null
  const headers = answerHeaders({ info, size, span, cmk, manifest }, request)
  return {
    status: span === null ? 200 : 206,
    headers: { ...headers, ...(part === null ? {} : { 'x-amz-mp-parts-count': part.count }) },
  }
}

/** The ARN of the object's CMK; null while that is out of use. */
async function usableCmk({ proxy, user, name }: Call, envelope: Envelope): Promise<string | null> {
  try {
    const { key, cmk } = await keyOf(proxy, user, name, envelope)
    key[Symbol.dispose]()
    return cmk
  } catch (error) {
    if (isOutOfUse(error)) return null
    throw error
  }
}

/** The object's state where the request depends on it before any byte can be asked for. */
async function lookedUp({ proxy, request, name }: Call, range: ByteRange | null): Promise<ObjectInfo | null> {
  const suffix = range !== null && 'suffix' in range
  if (!suffix && !isConditional(request) && !request.query.has('partNumber')) return null
  const info = await proxy.store.head(name)
  checkRead(request, info)
  return info
}

/** The bytes of the part named in the query; its number is its place among the parts, as S3 has it. */
async function partRange(
  call: Call,
  info: ObjectInfo,
): Promise<{ readonly range: ByteRange; readonly count: number } | null> {
  const number = numberParameter(call.request, 'partNumber', { min: 1, max: 10_000 })
  if (number === null) return null
  const { parts } = await manifestOf(call, info)
  const at = parts.findIndex((part) => part.number === number)
  const part = parts[at]
  if (part === undefined) throw new S3Error('InvalidPartNumber', `the object has no part ${number}`)
  const first = parts.slice(0, at).reduce((sum, { size }) => sum + size, 0)
  return { range: { first, last: first + part.size - 1 }, count: parts.length }
}

async function manifestOf({ proxy, user, name }: Call, info: ObjectInfo): Promise<Manifest> {
  const envelope = envelopeOf(info)
  const { key } = await keyOf(proxy, user, name, envelope)
  using owned = key
  return await loadManifest(proxy, name, info, owned, sizeOf(info, envelope))
}

const wantsChecksum = (request: S3Request): boolean =>
  header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'

type Answered = Pick<ReadObject, 'info' | 'size' | 'manifest'> & {
  readonly span: Span | null
  readonly cmk: string | null
}

function answerHeaders({ info, size, span, cmk, manifest }: Answered, request: S3Request): Answer['headers'] & object {
  const { start, end } = span ?? { start: 0, end: size }
  const checksum = span === null && manifest !== null
  return {
    ...propertyHeaders(info),
    ...overrides(request),
    ...encryptionHeaders(cmk),
    ...(checksum ? checksumHeaders(manifest.checksum, manifest.checksumType, manifest.parts.length) : {}),
    'content-length': end - start,
    ...(span === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  }
}

/** `response-content-type` and its kind, which a signed request may ask for. */
function overrides(request: S3Request): Record<string, string> {
  const asked = [...request.query].filter(([name]) => name.startsWith('response-'))
  return Object.fromEntries(asked.map(([name, value]) => [name.slice('response-'.length), value]))
}
