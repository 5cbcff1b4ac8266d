import { DecryptionError } from '@hufu/crypto'
import { decodeEnvelope } from '../format/envelope.ts'
import { plaintextPartSize } from '../format/size.ts'
import { readUploadId, writeUploadId } from '../format/upload-id.ts'
import { toXml } from '../http/xml.ts'
import { keyOf } from '../object/stored-object.ts'
import { openUpload } from '../object/upload.ts'
import type { StoredUpload } from '../store/object-store.ts'
import { OWNER } from './list-objects.ts'
import type { Answer, Call } from './operation.ts'
import { nameEncoder, numberParameter } from './parameters.ts'
import { readUpload } from './properties.ts'

/** AbortMultipartUpload. An id that only a listing of the backend knows is aborted too. */
export async function abortUpload({ proxy, request, name }: Call): Promise<Answer> {
  const id = request.query.get('uploadId') ?? ''
  await proxy.store.abortUpload({ ...name, uploadId: backendIdOf(id) })
  return { status: 204 }
}

function backendIdOf(id: string): string {
  try {
    return readUploadId(id).backendId
  } catch (error) {
    if (error instanceof DecryptionError) return id
    throw error
  }
}

const PAGE_MAX = 1000

/** ListParts, with plaintext sizes. */
export async function listParts({ proxy, request, user, name }: Call): Promise<Answer> {
  const uploadId = request.query.get('uploadId') ?? ''
  const marker = numberParameter(request, 'part-number-marker', { min: 0, max: 10_000 }) ?? 0
  const limit = Math.min(PAGE_MAX, numberParameter(request, 'max-parts', { min: 1, max: 2 ** 31 - 1 }) ?? PAGE_MAX)
  using upload = await openUpload(proxy, user, name, uploadId)
  const parts = (await proxy.store.listParts(upload.stored)).filter(({ number }) => number > marker)
  const page = parts.slice(0, limit)
  const result = {
    Bucket: name.bucket,
    Key: name.key,
    UploadId: uploadId,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: parts.length > page.length,
    Part: page.map(({ number, size, etag, modified, note }) => ({
      PartNumber: number,
      LastModified: new Date(modified).toISOString(),
      ETag: `"${note === null ? etag : `${etag}.${note}`}"`,
      Size: plaintextPartSize(size) ?? size,
    })),
    Initiator: OWNER,
    Owner: OWNER,
    StorageClass: 'STANDARD',
  }
  return { status: 200, body: toXml('ListPartsResult', result) }
}

/** ListMultipartUploads: those whose key starts with the prefix, from the markers on. */
export async function listUploads(call: Call): Promise<Answer> {
  const { proxy, request, name } = call
  const encode = nameEncoder(request)
  const prefix = request.query.get('prefix') ?? ''
  const keyMarker = request.query.get('key-marker') ?? ''
  const idMarker = request.query.get('upload-id-marker') ?? ''
  const limit = Math.min(PAGE_MAX, numberParameter(request, 'max-uploads', { min: 1, max: 2 ** 31 - 1 }) ?? PAGE_MAX)
  const all = (await proxy.store.listUploads(name.bucket)).filter(({ key }) => key.startsWith(prefix))
  const after = all.filter((upload) => isAfter(upload, keyMarker, idMarker === '' ? '' : backendIdOf(idMarker)))
  const page: { Key: string; UploadId: string; Initiated: string; StorageClass: string }[] = []
  for (const upload of after.slice(0, limit))
    page.push({
      Key: encode(upload.key),
      UploadId: await clientId(call, upload),
      Initiated: new Date(upload.started).toISOString(),
      StorageClass: 'STANDARD',
    })
  const result = {
    Bucket: name.bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: page.at(-1)?.Key,
    NextUploadIdMarker: page.at(-1)?.UploadId,
    MaxUploads: limit,
    IsTruncated: after.length > page.length,
    EncodingType: request.query.get('encoding-type'),
    Upload: page,
  }
  return { status: 200, body: toXml('ListMultipartUploadsResult', result) }
}

function isAfter({ key, uploadId }: StoredUpload, keyMarker: string, idMarker: string): boolean {
  const order = Buffer.compare(Buffer.from(key), Buffer.from(keyMarker))
  return keyMarker === '' || order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker)
}

/** The id as it was given out, where the store tells what it is made of; otherwise the backend's, good to abort. */
async function clientId(
  { proxy, user, name }: Call,
  { key: objectKey, uploadId, metadata }: StoredUpload,
): Promise<string> {
  const state = metadata === null ? null : readUpload(metadata)
  if (state === null) return uploadId
  const envelope = decodeEnvelope(state.envelope)
  const { key } = await keyOf(proxy, user, { bucket: name.bucket, key: objectKey }, envelope)
  using owned = key
  return writeUploadId(owned, { backendId: uploadId, envelope, algorithm: state.algorithm, type: state.type })
}
