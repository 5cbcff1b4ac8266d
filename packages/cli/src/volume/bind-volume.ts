import type { VolumeHeader } from '@hufu/fuse'
import { bindKeys } from '../system/bind-keys.ts'
import type { SystemOptions } from '../system/connect.ts'

/** Binds the keys that open the volume, and unbinds those that do no more. */
export const bindVolume = (
  options: SystemOptions,
  { id, recipients }: VolumeHeader,
  gone: readonly string[] = [],
): Promise<void> =>
  bindKeys(options, [{ product: 'volume', resource: id, used: recipients.map(({ keyId }) => keyId), gone }])
