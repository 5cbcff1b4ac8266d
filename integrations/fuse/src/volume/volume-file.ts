import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Secret } from '@hufu/crypto'
import { HEADER_FILE, HEADER_MAX, REVERSE_HEADER_FILE, type VolumeHeader } from '../header/header.ts'
import { headerText, parseHeader, type UnverifiedHeader } from '../header/header-text.ts'
import { VolumeError } from '../volume-error.ts'

/** Reads `hufu.volume`, or the header of that name. Throws `BackingDirectory` where there is none. */
export async function readHeader(directory: string, name: string = HEADER_FILE): Promise<UnverifiedHeader> {
  const file = join(directory, name)
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: NodeJS.ErrnoException) => {
    throw new VolumeError('BackingDirectory', `${directory}: no volume here (${cause.code})`, { cause })
  })
  try {
    const bytes = Buffer.alloc(HEADER_MAX + 1)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    if (bytesRead > HEADER_MAX) throw new VolumeError('DamagedHeader', `${file}: expected at most ${HEADER_MAX} bytes`)
    return parseHeader(bytes.toString('utf8', 0, bytesRead))
  } finally {
    await handle.close()
  }
}

/** Writes `hufu.volume`, or the header of that name, whole or not at all, durably. */
export async function writeHeader(
  directory: string,
  header: VolumeHeader,
  macKey: Secret,
  name: string = HEADER_FILE,
): Promise<void> {
  const temporary = join(directory, `hufu.new.${randomBytes(8).toString('hex')}`)
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(headerText(header, macKey))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, join(directory, name))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(directory)
}

export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The name of the header that the directory has: that of a volume, or that of a plain directory that is shown as one. */
export const headerName = (directory: string): Promise<string> =>
  access(join(directory, HEADER_FILE)).then(
    () => HEADER_FILE,
    () => REVERSE_HEADER_FILE,
  )
