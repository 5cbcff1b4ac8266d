import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '@hufu/crypto'
import {
  HEADER_FILE,
  REVERSE_HEADER_FILE,
  VOLUME_KEY_SIZE,
  type VolumeHeader,
  type VolumeSuite,
} from '../header/header.ts'
import { VolumeError } from '../volume-error.ts'
import { type VolumeKeyName, wrapFor } from './recipients.ts'
import { writeHeader } from './volume-file.ts'
import { volumeKeys } from './volume-keys.ts'

export interface InitOptions {
  /** Made if it is not there; it must be empty, unless `reverse`. */
  readonly directory: string
  /** Any one of them opens the volume. */
  readonly keys: readonly VolumeKeyName[]
  readonly blockSize?: 4096 | 65_536
  /** Default `AES-256-GCM`. */
  readonly suite?: VolumeSuite
  /** Gives a plain directory, as it is, a header: it may be shown as a volume then (`mountVolume` with `reverse`). */
  readonly reverse?: boolean
}

export const DIRECTORY_ID_FILE = 'hufu.dir'

/** Makes an empty volume: its header last, so that it is a volume only when it is whole. */
export async function initVolume(options: InitOptions): Promise<VolumeHeader> {
  const { directory, keys, blockSize = 4096, suite = 'AES-256-GCM', reverse = false } = options
  if (reverse) await checkPlain(directory)
  else await makeEmpty(directory)
  const id = randomBytes(16).toString('hex')
  using volumeKey = Secret.random(VOLUME_KEY_SIZE)
  using derived = volumeKeys({ id, suite }, volumeKey)
  const recipients = await Promise.all(keys.map((key) => wrapFor(key, { id }, volumeKey)))
  const header: VolumeHeader = {
    format: 'hufu-volume',
    version: 1,
    id,
    suite,
    blockSize,
    features: [],
    recipients,
  }
  if (reverse) {
    await writeHeader(directory, header, derived.mac, REVERSE_HEADER_FILE)
    return header
  }
  await writeDirectoryId(directory)
  await writeHeader(directory, header, derived.mac).catch(async (error) => {
    await rm(join(directory, DIRECTORY_ID_FILE), { force: true })
    throw error
  })
  return header
}

async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const names = await readdir(directory)
  if (names.includes(HEADER_FILE)) throw new VolumeError('AlreadyVolume', `${directory}: a volume is here already`)
  if (names.length > 0)
    throw new VolumeError('NotEmpty', `${directory}: expected an empty directory, found ${names.length} entries`)
}

/** Any directory but one that has a header already. */
async function checkPlain(directory: string): Promise<void> {
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    throw new VolumeError('BackingDirectory', `${directory}: ${cause.code}`, { cause })
  })
  const header = names.find((name) => name === HEADER_FILE || name === REVERSE_HEADER_FILE)
  if (header !== undefined) throw new VolumeError('AlreadyVolume', `${directory}: it has ${header} already`)
}

async function writeDirectoryId(directory: string): Promise<void> {
  const handle = await open(join(directory, DIRECTORY_ID_FILE), 'wx', 0o400)
  try {
    await handle.writeFile(randomBytes(16))
    await handle.sync()
  } finally {
    await handle.close()
  }
}
