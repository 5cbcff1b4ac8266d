import { S3Error } from '../error.ts'
import { sealEnvelope } from '../format/envelope.ts'
import { newObjectKey } from '../format/object-key.ts'
import { storedSize } from '../format/size.ts'
import { sealWhole } from '../object/seal-whole.ts'
import { checksumHeaders } from './checksum-headers.ts'
import { writeCondition } from './conditions.ts'
import { encryptionHeaders, keyNameOf } from './encryption.ts'
import type { Answer, Call } from './operation.ts'
import { readProperties, withEnvelope } from './properties.ts'

/** Stored bytes that a backend takes in one request. */
export const REQUEST_MAX = 5 * 1024 ** 3

/** PutObject: a new key for the object, wrapped for its name; the body sealed on its way into the store. */
export async function putObject({ proxy, request, user, name, body }: Call): Promise<Answer> {
  const properties = readProperties(request)
  const condition = writeCondition(request)
  const content = body()
  const size = storedSize(content.size)
  if (size > REQUEST_MAX) throw new S3Error('EntityTooLarge', 'expected less than 5 GiB; send it in parts')
  using bucketKey = await proxy.keys.current(user, name.bucket, keyNameOf(request, proxy.defaultKey))
  using key = newObjectKey(proxy.suite)
  const envelope = sealEnvelope(key, bucketKey, name, { layout: 'whole', size: content.size })
  const stored = { ...withEnvelope(properties, envelope), size }
  const { etag } = await proxy.store.put(name, stored, condition, sealWhole(key, content))
  const { checksum } = content.checks()
  const headers = {
    etag: `"${etag}"`,
    ...encryptionHeaders(bucketKey.cmk),
    ...checksumHeaders(checksum, 'FULL_OBJECT'),
  }
  return { status: 200, headers }
}
