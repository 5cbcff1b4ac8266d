import type { Dirent } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyService } from '@hufu/wire'
import { hasIntegrity } from '../header/header.ts'
import { writeAnchor } from '../mount/anchor.ts'
import { type NativeVolume, nativeVolume } from '../mount/native.ts'
import { openVolume } from '../volume/open-volume.ts'
import { VolumeError } from '../volume-error.ts'
import { beginVerifying } from './begin-verifying.ts'
import { type CheckedDirectory, type CheckedEntry, directoryEntries, readId } from './directory-entries.ts'

export interface AcceptOptions {
  readonly directory: string
  readonly services: readonly KeyService[]
  /** As for `mountVolume`. */
  readonly anchors?: string
}

/** Takes what is in a volume with integrity as its present state, whatever was known of it: after a backup was put back. */
export async function acceptVolume({ directory, services, anchors }: AcceptOptions): Promise<void> {
  using volume = await openVolume(directory, services)
  if (!hasIntegrity(volume.header)) throw new VolumeError('BackingDirectory', `${directory}: it has no integrity`)
  const native = nativeVolume()
  const lock = native.lock(directory)
  if (lock < 0) throw new VolumeError('AlreadyMounted', `${directory}: it is mounted`)
  try {
    beginVerifying(native, volume, directory, false, true)
    await acceptTree(native, directory).finally(() => native.verifyEnd())
    writeAnchor(volume.header, anchors, native.integritySequence())
  } finally {
    native.unlock(lock)
  }
}

async function acceptTree(native: NativeVolume, root: string): Promise<void> {
  const id = await readId(root)
  if (id === null) throw new VolumeError('BackingDirectory', `${root}: expected hufu.dir with the root's id`)
  native.acceptBegin(id)
  const directories: CheckedDirectory[] = [{ backing: '', path: '' }]
  for (let next = directories.pop(); next !== undefined; next = directories.pop())
    directories.push(...(await acceptDirectory(native, root, next)))
  if (native.acceptEnd() < 0) throw new VolumeError('BackingDirectory', `${root}: hufu.integrity could not be written`)
}

/** Its subdirectories. What has no authentic name or content is left out: `check` tells of it. */
async function acceptDirectory(native: NativeVolume, root: string, directory: CheckedDirectory) {
  const id = await readId(join(root, directory.backing))
  const entries = id === null ? [] : await directoryEntries(native, root, directory, () => {})
  const accepted: CheckedEntry[] = []
  for (const entry of entries) {
    const object = await objectOf(native, join(root, entry.backing), entry.entry)
    if (id === null || object === null || typeof object === 'number') continue
    native.acceptEntry(id, entry.entry.name, object)
    accepted.push(entry)
  }
  return accepted.filter(({ entry }) => entry.isDirectory())
}

async function objectOf(native: NativeVolume, at: string, entry: Dirent): Promise<Buffer | number | null> {
  if (entry.isDirectory()) return readId(at)
  if (entry.isSymbolicLink()) return native.objectOfTarget(await readlink(at))
  return entry.isFile() ? native.acceptFile(at) : native.objectOfSpecial(at)
}
