import type { KeyService } from '@hufu/wire'
import type { VolumeHeader } from '../header/header.ts'
import { unwrap } from './recipients.ts'
import { readHeader } from './volume-file.ts'
import { type VolumeKeys, volumeKeys } from './volume-keys.ts'

export interface OpenVolume extends Disposable {
  readonly header: VolumeHeader
  readonly keys: VolumeKeys
}

/** Reads the header, has any one recipient unwrap the volume key, and verifies the header by it. */
export async function openVolume(
  directory: string,
  services: readonly KeyService[],
  name?: string,
): Promise<OpenVolume> {
  const unverified = await readHeader(directory, name)
  using volumeKey = await unwrap(unverified.header, services)
  const keys = volumeKeys(unverified.header, volumeKey)
  try {
    unverified.verify(keys.mac)
  } catch (error) {
    keys[Symbol.dispose]()
    throw error
  }
  return { header: unverified.header, keys, [Symbol.dispose]: () => keys[Symbol.dispose]() }
}
