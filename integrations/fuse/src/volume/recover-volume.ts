import { readdir, readFile } from 'node:fs/promises'
import type { KeyService } from '@hufu/wire'
import { readId } from '../check/directory-entries.ts'
import type { VolumeHeader } from '../header/header.ts'
import { parseHeader } from '../header/header-text.ts'
import { nativeVolume } from '../mount/native.ts'
import { VolumeError } from '../volume-error.ts'
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
}

/** Puts a copy of the header back in place, after it was proved to be this volume's: a key opens it, and the root's names. */
export async function recoverVolume({ directory, backup, services }: RecoverOptions): Promise<VolumeHeader> {
  const { header, verify } = parseHeader(await readFile(backup, 'utf8'))
  using volumeKey = await unwrap(header, services)
  using keys = volumeKeys(header, volumeKey)
  verify(keys.mac)
  await refuseWhole(directory, services)
  await checkRoot(directory, header, keys.data.bytes())
  await writeHeader(directory, header, keys.mac)
  return header
}

/** A header that opens is not to be replaced. */
async function refuseWhole(directory: string, services: readonly KeyService[]): Promise<void> {
  const whole = await openVolume(directory, services).catch(() => null)
  whole?.[Symbol.dispose]()
  if (whole !== null)
    throw new VolumeError('AlreadyVolume', `${directory}: its header is whole: there is nothing to recover`)
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
