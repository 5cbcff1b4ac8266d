import { constants, readFileSync } from 'node:fs'
import { access, readdir, readFile, realpath } from 'node:fs/promises'
import { VolumeError } from '../volume-error.ts'

/** The mount point's real path. Throws where it can't be mounted on. */
export async function checkMountPoint(mountpoint: string, backing: string): Promise<string> {
  await access('/dev/fuse', constants.R_OK | constants.W_OK).catch((cause) => {
    throw new VolumeError('NoFuse', '/dev/fuse can not be opened', { cause })
  })
  const path = await realpath(mountpoint).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOTCONN')
      throw new VolumeError('AlreadyMounted', `${mountpoint}: a dead mount is here`, { cause })
    throw new VolumeError('MountPoint', `${mountpoint}: ${cause.code}`, { cause })
  })
  if (await isMounted(path)) throw new VolumeError('AlreadyMounted', `${path}: something is mounted here already`)
  const entries = await readdir(path).catch((cause: NodeJS.ErrnoException) => {
    throw new VolumeError('MountPoint', `${path}: ${cause.code}`, { cause })
  })
  if (entries.length > 0)
    throw new VolumeError('NotEmpty', `${path}: expected an empty directory, found ${entries.length} entries`)
  if (isInside(path, backing) || isInside(backing, path))
    throw new VolumeError('MountPoint', `${path}: the mount point and the volume must be apart`)
  return path
}

/** Whether something is mounted exactly there, by the kernel's own list. */
export async function isMounted(path: string): Promise<boolean> {
  return mountLines(await readFile('/proc/self/mountinfo', 'utf8'), path).length > 0
}

/** The number of the device mounted last exactly there, `MAJOR:MINOR`. Does not touch the mount. */
export function deviceMountedAt(path: string): string | undefined {
  return mountLines(readFileSync('/proc/self/mountinfo', 'utf8'), path).at(-1)?.[2]
}

const mountLines = (list: string, path: string): string[][] =>
  list
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , , , at = '']) => unescapeOctal(at) === path)

/** The kernel writes blanks and the like as three octal digits. */
const unescapeOctal = (text: string): string =>
  Buffer.from(text, 'latin1')
    .toString('utf8')
    .replace(/\\(\d{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)))

const isInside = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`)
