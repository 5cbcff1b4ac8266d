import type { VolumeKeys } from '../volume/volume-keys.ts'
import type { NativeVolume } from './native.ts'

/**
 * What a mount does while its key may not be used: `deny` every access, the keys being zeroised; the same and `unmount`; or keep
 * the keys and `refuse-opens`, so that what is open goes on; or keep them and be `read-only`.
 */
export const onRevokeModes = ['deny', 'unmount', 'refuse-opens', 'read-only'] as const
export type OnRevoke = (typeof onRevokeModes)[number]

export function closeVolume(native: NativeVolume, mode: OnRevoke, mountpoint: string): void {
  if (mode === 'refuse-opens') native.setAccess('no-opens')
  else if (mode === 'read-only') native.setAccess('read-only')
  else native.setAccess('revoked')
  if (mode === 'unmount') native.unmount(mountpoint, true)
}

export function reopenVolume(native: NativeVolume, readOnly: boolean, keys: VolumeKeys): void {
  native.setAccess(readOnly ? 'read-only' : 'full', keys.data.bytes())
}
