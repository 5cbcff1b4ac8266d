import { readdir, readFile } from 'node:fs/promises'
import type { KeyService } from '@hufu/wire'
import { readId } from '../check/directory-entries.ts'
import { HEADER_FILE, REVERSE_HEADER_FILE, type VolumeHeader } from '../header/header.ts'
import { parseHeader } from '../header/header-text.ts'
import { nativeVolume } from '../mount/native.ts'
import { VolumeError } from '../volume-error.ts'
import { DIRECTORY_ID_FILE } from './init-volume.ts'
import { openVolume } from './open-volume.ts'
import { unwrap } from './recipients.ts'
import { writeHeader } from './volume-file.ts'
import { volumeKeys } from './volume-keys.ts'
import { volumeSuite } from './volume-suite.ts'

export interface RecoverOptions {
  readonly directory: string
  /** A copy of the volume's `hufu.volume`. */
  readonly backup: string
  /** Any one of them that opens the copy. */
  readonly services: readonly KeyService[]
  /** Of a plain directory that is shown as a volume. Nothing in it tells whose header it had: that a key opens the copy is all the proof. */
  readonly reverse?: boolean
}

/** Puts a copy of the header back in place, after it was proved to be this volume's: a key opens it, and the root's names. */
export async function recoverVolume(options: RecoverOptions): Promise<VolumeHeader> {
  const { directory, backup, services, reverse = false } = options
  const name = reverse ? REVERSE_HEADER_FILE : HEADER_FILE
  const { header, verify } = parseHeader(await readFile(backup, 'utf8'))
  using volumeKey = await unwrap(header, services)
  using keys = volumeKeys(header, volumeKey)
  verify(keys.mac)
  await refuseWhole(directory, services, name)
  if (reverse) await checkPlain(directory)
  else await checkRoot(directory, header, keys.data.bytes())
  await writeHeader(directory, header, keys.mac, name)
  return header
}

/** A header that opens is not to be replaced. */
async function refuseWhole(directory: string, services: readonly KeyService[], name: string): Promise<void> {
  const whole = await openVolume(directory, services, name).catch(() => null)
  whole?.[Symbol.dispose]()
  if (whole !== null)
    throw new VolumeError('AlreadyVolume', `${directory}: its header is whole: there is nothing to recover`)
}

async function checkPlain(directory: string): Promise<void> {
  const own = [HEADER_FILE, DIRECTORY_ID_FILE]
  const found = (await readdir(directory)).find((name) => own.includes(name))
  if (found !== undefined)
    throw new VolumeError('BackingDirectory', `${directory}: expected a plain directory, found ${found}`)
}

async function checkRoot(directory: string, header: VolumeHeader, keys: Uint8Array): Promise<void> {
  const native = nativeVolume()
  const id = await readId(directory)
  if (id === null) throw new VolumeError('BackingDirectory', `${directory}: expected hufu.dir with the root's id`)
  const names = (await readdir(directory)).filter((name) => !name.startsWith('hufu.'))
  if (native.verifyWith(volumeSuite(header.suite).number, header.blockSize, keys, directory, false, false) < 0)
    throw new VolumeError('AlreadyMounted', 'this process serves a volume')
  const own = names.length === 0 || names.some((name) => native.openName(id, name) !== null)
  native.verifyEnd()
  if (!own) throw new VolumeError('DamagedHeader', 'the copy is of another volume: it opens no name of this one')
}
