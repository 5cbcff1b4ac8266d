import { S3Error } from '../error.ts'
import { type ObjectName, sealEnvelope } from '../format/envelope.ts'
import { header, type S3Request } from '../http/s3-request.ts'
import { toXml } from '../http/xml.ts'
import { envelopeOf, keyOf, sizeOf } from '../object/stored-object.ts'
import { checkRead, writeCondition } from './conditions.ts'
import { encryptionHeaders, keyNameOf } from './encryption.ts'
import type { Answer, Call } from './operation.ts'
import { clientMetadata, readProperties, withEnvelope } from './properties.ts'

/** CopyObject: the stored bytes are copied where they are; only the DEK is wrapped anew, for the new name. */
export async function copyObject({ proxy, request, user, name }: Call): Promise<Answer> {
  const source = copySource(request)
  const keyName = keyNameOf(request, proxy.defaultKey)
  const condition = writeCondition(request)
  const info = await proxy.store.head(source)
  checkRead(request, info, 'x-amz-copy-source-')
  const properties = replaces(request)
    ? readProperties(request)
    : { headers: info.headers, metadata: clientMetadata(info.metadata) }
  refuseNoChange(request, source, name)
  const before = envelopeOf(info)
  sizeOf(info, before)
  const { key } = await keyOf(proxy, user, source, before)
  using owned = key
  using bucketKey = await proxy.keys.current(user, name.bucket, keyName)
  const envelope = sealEnvelope(owned, bucketKey, name, before)
  const { etag, modified } = await proxy.store.copy(
    { ...source, etag: info.etag },
    name,
    withEnvelope(properties, envelope),
    condition,
  )
  const result = { LastModified: new Date(modified).toISOString(), ETag: `"${etag}"` }
  return { status: 200, headers: encryptionHeaders(bucketKey.cmk), body: toXml('CopyObjectResult', result) }
}

/** The object named by `x-amz-copy-source`: `BUCKET/KEY`, percent-encoded, with or without a slash in front. */
export function copySource(request: S3Request): ObjectName {
  const [path = '', version] = (header(request, 'x-amz-copy-source') ?? '').split('?')
  if (version !== undefined) throw new S3Error('NotImplemented', 'versions of a copy source are not supported')
  const [, bucket, encoded] = /^\/?([^/]+)\/(.+)$/.exec(path) ?? []
  if (bucket === undefined || encoded === undefined)
    throw new S3Error('InvalidArgument', 'expected x-amz-copy-source to be BUCKET/KEY, percent-encoded')
  try {
    return { bucket, key: decodeURIComponent(encoded) }
  } catch (cause) {
    throw new S3Error('InvalidArgument', 'expected percent-encoded UTF-8 in x-amz-copy-source', { cause })
  }
}

function replaces(request: S3Request): boolean {
  const directive = header(request, 'x-amz-metadata-directive') ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw new S3Error(
      'InvalidArgument',
      `expected x-amz-metadata-directive to be COPY or REPLACE, received ${directive}`,
    )
  return directive === 'REPLACE'
}

function refuseNoChange(request: S3Request, source: ObjectName, target: ObjectName): void {
  const rekeys = header(request, 'x-amz-server-side-encryption') !== undefined
  if (source.bucket === target.bucket && source.key === target.key && !replaces(request) && !rekeys)
    throw new S3Error('InvalidRequest', 'a copy onto itself must change metadata or encryption')
}
