import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { getSystemErrorName } from 'node:util'
import { VolumeError } from '../volume-error.ts'
import { isMounted } from './mount-point.ts'
import { nativeVolume } from './native.ts'

/** Unmounts a volume that any process serves, or whose server died. `lazy` detaches it while it is in use. */
export async function unmountVolume(mountpoint: string, lazy = false): Promise<void> {
  const path = await pathOf(mountpoint)
  if (!(await isMounted(path))) throw new VolumeError('MountPoint', `${path}: nothing is mounted here`)
  const result = nativeVolume().unmount(path, lazy)
  if (result >= 0) return
  const busy = getSystemErrorName(result) === 'EBUSY'
  throw new VolumeError(
    'MountFailed',
    `${path}: ${busy ? 'it is in use; close its files, or add --lazy' : getSystemErrorName(result)}`,
  )
}

/** The real path, without asking what is mounted there: its server may be dead. */
async function pathOf(mountpoint: string): Promise<string> {
  const parent = await realpath(dirname(mountpoint))
  const path = join(parent, basename(mountpoint))
  const entry = await lstat(path).catch(() => null)
  return entry?.isSymbolicLink() ? realpath(path) : path
}
