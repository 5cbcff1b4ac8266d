import type { KeyService } from '@hufu/wire'
import { headerSchema, type VolumeHeader } from '../header/header.ts'
import { VolumeError } from '../volume-error.ts'
import { unwrap, type VolumeKeyName, wrapFor } from './recipients.ts'
import { headerName, readHeader, writeHeader } from './volume-file.ts'
import { volumeKeys } from './volume-keys.ts'

export interface RewrapOptions {
  readonly directory: string
  /** Any one of them opens the volume as it is. */
  readonly services: readonly KeyService[]
  readonly add?: readonly VolumeKeyName[]
  /** Recipients that shall not open it any more, by the ARN that the header has. */
  readonly remove?: readonly string[]
}

/** Changes who opens the volume: its header alone is written anew, and no file is touched. */
export async function rewrapVolume({
  directory,
  services,
  add = [],
  remove = [],
}: RewrapOptions): Promise<VolumeHeader> {
  const name = await headerName(directory)
  const { header, verify } = await readHeader(directory, name)
  using volumeKey = await unwrap(header, services)
  using keys = volumeKeys(header, volumeKey)
  verify(keys.mac)
  const absent = remove.find((keyId) => !header.recipients.some((recipient) => recipient.keyId === keyId))
  if (absent !== undefined) throw new VolumeError('Recipients', `${absent} is no recipient of this volume`)
  const added = await Promise.all(add.map((key) => wrapFor(key, header, volumeKey)))
  const kept = header.recipients.filter(
    ({ keyId }) => !remove.includes(keyId) && !added.some((recipient) => recipient.keyId === keyId),
  )
  const parsed = headerSchema.safeParse({ ...header, recipients: [...kept, ...added] })
  if (!parsed.success)
    throw new VolumeError('Recipients', `expected 1 to 64 recipients, received ${kept.length + added.length}`)
  await writeHeader(directory, parsed.data, keys.mac, name)
  return parsed.data
}
