import { DecryptionError } from '@hufu/crypto'
import { S3Error } from '../error.ts'
import { decodeEnvelope, ENVELOPE_METADATA, type Envelope, type ObjectName, openEnvelope } from '../format/envelope.ts'
import type { ObjectKey } from '../format/object-key.ts'
import { plaintextSize, storedSize } from '../format/size.ts'
import type { KeyUser } from '../keys/bucket-keys.ts'
import type { ProxyContext } from '../proxy-context.ts'
import type { ObjectInfo } from '../store/object-store.ts'

/** The envelope of a stored object. Throws `ObjectNotEncrypted` when it has none. */
export function envelopeOf({ metadata }: Pick<ObjectInfo, 'metadata'>): Envelope {
  const text = metadata[ENVELOPE_METADATA]
  if (text === undefined)
    throw new S3Error('ObjectNotEncrypted', 'the object was not stored through this proxy, so it is not served')
  return decodeEnvelope(text)
}

/** The plaintext size of a stored object. Throws `DecryptionError` when its stored size is not one that it can have. */
export function sizeOf(info: Pick<ObjectInfo, 'size'>, envelope: Envelope): number {
  const size = envelope.layout === 'whole' ? envelope.size : plaintextSize(info.size)
  if (size === null || storedSize(size) !== info.size) throw new DecryptionError()
  return size
}

/** An object's key, and the CMK that it is under, got from the KMS as the user. */
export async function keyOf(
  proxy: ProxyContext,
  user: KeyUser,
  name: ObjectName,
  envelope: Envelope,
): Promise<{ readonly key: ObjectKey; readonly cmk: string }> {
  using bucketKey = await proxy.keys.of(user, name.bucket, envelope)
  return { key: openEnvelope(envelope, bucketKey.secret, name), cmk: bucketKey.cmk }
}
