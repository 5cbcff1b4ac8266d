import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '@hufu/crypto'
import {
  HEADER_FILE,
  hasIntegrity,
  REVERSE_HEADER_FILE,
  VOLUME_KEY_SIZE,
  type VolumeHeader,
  type VolumeSuite,
} from '../header/header.ts'
import { VolumeError } from '../volume-error.ts'
import { firstRecord, INTEGRITY_FILE } from './integrity-record.ts'
import { type VolumeKeyName, wrapFor } from './recipients.ts'
import { writeHeader } from './volume-file.ts'
import { type VolumeKeys, volumeKeys } from './volume-keys.ts'

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
  /** Finds older states of blocks, files, names and the volume that someone puts back: docs/formats/volume-integrity.md. */
  readonly integrity?: boolean
}

export const DIRECTORY_ID_FILE = 'hufu.dir'

/** Makes an empty volume: its header last, so that it is a volume only when it is whole. */
export async function initVolume(options: InitOptions): Promise<VolumeHeader> {
  const { directory, keys, blockSize = 4096, suite = 'AES-256-GCM', reverse = false, integrity = false } = options
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
    features: integrity && !reverse ? ['integrity'] : [],
    recipients,
  }
  if (reverse) await writeHeader(directory, header, derived.mac, REVERSE_HEADER_FILE)
  else await writeFirstFiles(directory, header, derived)
  return header
}

async function writeFirstFiles(directory: string, header: VolumeHeader, { mac, data }: VolumeKeys): Promise<void> {
  const rootId = randomBytes(16)
  try {
    await writeOnce(directory, DIRECTORY_ID_FILE, 0o400, rootId)
    if (hasIntegrity(header)) await writeOnce(directory, INTEGRITY_FILE, 0o600, firstRecord(rootId, header.suite, data))
    await writeHeader(directory, header, mac)
  } catch (error) {
    for (const name of [DIRECTORY_ID_FILE, INTEGRITY_FILE]) await rm(join(directory, name), { force: true })
    throw error
  }
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

async function writeOnce(directory: string, name: string, mode: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(join(directory, name), 'wx', mode)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
