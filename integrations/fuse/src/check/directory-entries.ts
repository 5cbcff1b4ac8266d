import type { Dirent } from 'node:fs'
import { lstat, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NativeVolume } from '../mount/native.ts'
import { DIRECTORY_ID_FILE } from '../volume/init-volume.ts'
import type { Finding } from './finding.ts'

const [LONG, SUFFIX, TEMPORARY] = ['hufu.long.', '.name', 'hufu.new.']
const DIRECTORY_ID_SIZE = 16
const SIDECAR_MAX = 1024

export interface CheckedDirectory {
  /** In the backing directory. */
  readonly backing: string
  readonly path: string
}

export interface CheckedEntry extends CheckedDirectory {
  readonly entry: Dirent
}

/** The entries of one backing directory under their plain names; what is wrong goes to `found`. */
export async function directoryEntries(
  native: NativeVolume,
  root: string,
  directory: CheckedDirectory,
  found: (finding: Finding) => void,
): Promise<CheckedEntry[]> {
  const at = join(root, directory.backing)
  const entries = await readdir(at, { withFileTypes: true })
  const names = new Set(entries.map(({ name }) => name))
  const id = await readId(at)
  if (id === null) {
    found({ kind: 'directory', ...directory, detail: 'its id is missing or not whole: no name in it can be opened' })
    return []
  }
  const checked: CheckedEntry[] = []
  for (const entry of entries) {
    const backing = join(directory.backing, entry.name)
    const finding = ownFile(entry.name, names)
    if (finding !== null) {
      if (finding !== 'fine') found({ ...finding, backing })
      continue
    }
    const name = await plainName(native, at, id, entry.name)
    // What came and went meanwhile, under a mount, is nothing wrong.
    if (name !== null) checked.push({ backing, path: join(directory.path, name), entry })
    else if (await exists(join(at, entry.name)))
      found({ kind: 'name', backing, detail: `not a name of ${directory.path || 'the root'}: changed, or moved here` })
  }
  return checked
}

/** What a file of the format's own is; null for an entry of the user's. */
function ownFile(name: string, names: ReadonlySet<string>): Pick<Finding, 'kind' | 'detail'> | 'fine' | null {
  if (name.startsWith(TEMPORARY)) return { kind: 'leftover', detail: 'left by a crash' }
  if (name.startsWith(LONG) && name.endsWith(SUFFIX))
    return names.has(name.slice(0, -SUFFIX.length))
      ? 'fine'
      : { kind: 'sidecar', detail: 'the name of an entry that is not there' }
  return name.startsWith('hufu.') && !name.startsWith(LONG) ? 'fine' : null
}

/** The id of the directory, or null where it has none. */
export async function readId(directory: string): Promise<Buffer | null> {
  const id = await readFile(join(directory, DIRECTORY_ID_FILE)).catch(() => null)
  return id?.length === DIRECTORY_ID_SIZE ? id : null
}

async function plainName(native: NativeVolume, at: string, id: Buffer, name: string): Promise<string | null> {
  const sealed = name.startsWith(LONG) ? await readSidecar(join(at, `${name}${SUFFIX}`)) : name
  if (sealed === null) return null
  const plain = native.openName(id, sealed)
  return plain === null || native.backingName(id, plain) !== name ? null : plain.toString()
}

async function readSidecar(path: string): Promise<string | null> {
  const handle = await open(path).catch(() => null)
  if (handle === null) return null
  try {
    const bytes = Buffer.alloc(SIDECAR_MAX)
    const { bytesRead } = await handle.read(bytes, 0, SIDECAR_MAX, 0)
    return bytes.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
