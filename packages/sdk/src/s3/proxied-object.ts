import { CopyObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { HufuError, keyIdOfArn } from '@hufu/wire'
import type { RewrapOptions } from '../rewrap.ts'
import type { StoredObject } from '../stored-object.ts'
import { copySourceOf, type S3ObjectName } from './object-name.ts'
import { stoppedBy } from './stopped-by.ts'

/**
 * An object that was stored through Hufu's S3 proxy, which `client` talks to. Its key is wrapped under one CMK of the
 * proxy's KMS, so that `keys` with one name, without a region, is all that can be asked for; the context is the
 * bucket's. The proxy wraps the object's key anew and has the backend copy the object onto itself.
 */
export const proxiedObject = (client: S3Client, name: S3ObjectName): StoredObject => ({
  async rewrap(_newHeader, options) {
    const key = onlyKey(options)
    const at = { Bucket: name.bucket, Key: name.key }
    const sending = stoppedBy(options.signal)
    const { ETag, SSEKMSKeyId, ContentLength } = await client.send(new HeadObjectCommand(at), sending)
    if (SSEKMSKeyId !== undefined && [SSEKMSKeyId, keyIdOfArn(SSEKMSKeyId)].includes(key)) return false
    const asItIs = { CopySource: copySourceOf(name), CopySourceIfMatch: ETag, IfMatch: ETag }
    const encryption = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: key }
    const { SSEKMSKeyId: isNow } = await client.send(
      new CopyObjectCommand({ ...at, ...asItIs, ...encryption }),
      sending,
    )
    options.onProgress?.(ContentLength ?? 0)
    return isNow !== SSEKMSKeyId
  },
})

function onlyKey({ keys = [], threshold = 1 }: RewrapOptions): string {
  const [key] = keys
  if (key !== undefined && keys.length === 1 && threshold === 1) return key
  throw new HufuError('NotSupported', `an object of the S3 proxy has one key: name one, received ${keys.length}`)
}
