import { checksumAlgorithms } from '../checksum/checksum.ts'
import { isCrc } from '../checksum/whole-checksum.ts'
import { S3Error } from '../error.ts'
import { sealEnvelope } from '../format/envelope.ts'
import { newObjectKey } from '../format/object-key.ts'
import { writeUploadId } from '../format/upload-id.ts'
import { header, type S3Request } from '../http/s3-request.ts'
import { toXml } from '../http/xml.ts'
import { encryptionHeaders, keyNameOf } from './encryption.ts'
import type { Answer, Call } from './operation.ts'
import { readProperties, type UploadChecksum, withEnvelope, withUpload } from './properties.ts'

/** CreateMultipartUpload: the object's key is made now, and travels in the upload id. */
export async function createUpload({ proxy, request, user, name }: Call): Promise<Answer> {
  const checksum = checksumOf(request)
  const properties = readProperties(request)
  using bucketKey = await proxy.keys.current(user, name.bucket, keyNameOf(request, proxy.defaultKey))
  using key = newObjectKey(proxy.suite)
  const envelope = sealEnvelope(key, bucketKey, name, { layout: 'parts', size: 0 })
  const stored = withUpload(withEnvelope(properties, envelope), checksum)
  const backendId = await proxy.store.createUpload(name, stored)
  const uploadId = writeUploadId(key, { backendId, envelope, ...checksum })
  return {
    status: 200,
    headers: {
      ...encryptionHeaders(bucketKey.cmk),
      'x-amz-checksum-algorithm': checksum.algorithm ?? undefined,
      'x-amz-checksum-type': checksum.type ?? undefined,
    },
    body: toXml('InitiateMultipartUploadResult', { Bucket: name.bucket, Key: name.key, UploadId: uploadId }),
  }
}

/** S3's rules: CRC64NVME is of the whole, the SHAs are of the parts, the other CRCs are either. */
function checksumOf(request: S3Request): UploadChecksum {
  const name = header(request, 'x-amz-checksum-algorithm')?.toUpperCase()
  const asked = header(request, 'x-amz-checksum-type')?.toUpperCase()
  if (name === undefined) return { algorithm: null, type: null }
  const algorithm = checksumAlgorithms.find((one) => one === name)
  if (algorithm === undefined)
    throw new S3Error(
      'InvalidRequest',
      `expected x-amz-checksum-algorithm to be one of ${checksumAlgorithms.join(', ')}`,
    )
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  const legal = type === 'COMPOSITE' ? algorithm !== 'CRC64NVME' : type === 'FULL_OBJECT' && isCrc(algorithm)
  if (!legal) throw new S3Error('InvalidRequest', `a ${algorithm} can't be of type ${type}`)
  return { algorithm, type: type === 'COMPOSITE' ? 'COMPOSITE' : 'FULL_OBJECT' }
}
