import { getSystemErrorName } from 'node:util'
import type { NativeVolume } from '../mount/native.ts'
import type { OpenVolume } from '../volume/open-volume.ts'
import { volumeSuite } from '../volume/volume-suite.ts'
import { VolumeError } from '../volume-error.ts'

/** Gives the volume to the calls that verify, until `verifyEnd`. */
export function beginVerifying(
  native: NativeVolume,
  { header, keys }: OpenVolume,
  directory: string,
  integrity: boolean,
  repair: boolean,
): void {
  const { number } = volumeSuite(header.suite)
  const result = native.verifyWith(number, header.blockSize, keys.data.bytes(), directory, integrity, repair)
  if (result >= 0) return
  const name = getSystemErrorName(result)
  if (name === 'EILSEQ')
    throw new VolumeError('RolledBack', `${directory}: it is in an older state, or what is known of it is not there`)
  throw new VolumeError('AlreadyMounted', `this process serves a volume: ${name}`)
}
