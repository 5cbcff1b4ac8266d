import { sealTail } from '../format/manifest.ts'
import type { ManifestEntry } from '../format/manifest-entry.ts'
import type { ObjectKey } from '../format/object-key.ts'
import type { CheckedBody } from '../http/checked-body.ts'
import type { Body } from '../store/object-store.ts'
import { sealPart } from '../stream/seal-part.ts'

/** The stored bytes of an object written whole: its one part, manifest and trailer. */
export async function* sealWhole(key: ObjectKey, body: CheckedBody): Body {
  yield* sealPart(key, key.objectId, body.size, body.bytes)
  const { md5, checksum } = body.checks()
  const part: ManifestEntry = { number: 1, size: body.size, salt: key.objectId, md5, checksum }
  yield sealTail(key, { parts: [part], checksum, checksumType: checksum === null ? null : 'FULL_OBJECT' })
}
