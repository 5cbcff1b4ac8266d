import { lstat, open, readlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { NativeVolume } from '../mount/native.ts'
import { type CheckedDirectory, type CheckedEntry, directoryEntries, readId } from './directory-entries.ts'
import type { Finding } from './finding.ts'
import type { Patience } from './patience.ts'

const [HEADER_SIZE, ID_SIZE] = [32, 16]
/** A directory that changes all the time is left alone after so many. */
const UNSTEADY_LOOKS = 6

export interface KnownOptions {
  readonly native: NativeVolume
  readonly root: string
  /** Without it nothing is known, and all is as it should be. */
  readonly integrity: boolean
  readonly patience: Patience
  readonly found: (finding: Finding) => void
}

/** Compares what is in a volume with what is known of it. */
export class Known {
  readonly #options: KnownOptions

  constructor(options: KnownOptions) {
    this.#options = options
  }

  /** Whether the entry leads to what stands there. */
  async compare(entry: CheckedEntry): Promise<void> {
    const { native, root, integrity } = this.#options
    const { backing, path } = entry
    const at = join(root, backing)
    if (!integrity) return
    const fine = async () => {
      const [id, object] = [await readId(dirname(at)), await objectOf(native, entry, at)]
      return id === null || object === null || native.knownEntry(id, basename(at), object) > 0
    }
    if (!(await this.#settles(fine)))
      this.#options.found({ kind: 'old', backing, path, detail: 'it was not there, or is not what stood there last' })
  }

  /** Whether entries of the directory are missing, and the root is the root. */
  async compareCount(directory: CheckedDirectory, listed: number): Promise<void> {
    const { native, root, integrity, patience } = this.#options
    const id = integrity ? await readId(join(root, directory.backing)) : null
    if (id === null) return
    if (directory.backing === '' && !native.isKnownRoot(id))
      this.#options.found({ kind: 'old', ...directory, detail: 'it is not the root of this volume' })
    if (native.knownEntries(id) <= listed) return
    let [missing, unsteady] = ['', 0]
    const fine = async () => {
      native.refreshKnown()
      const changes = native.knownChanges(id)
      const { length } = await directoryEntries(native, root, directory, () => {}).catch(() => [])
      native.refreshKnown()
      const known = native.knownEntries(id)
      // A listing between changes tells nothing.
      const steady = native.knownChanges(id) === changes
      missing = steady ? `${known - length} of ${known} entries are missing` : ''
      return steady ? known <= length : ++unsteady === UNSTEADY_LOOKS
    }
    if (!(await patience.settles(fine)) && missing !== '' && (await isThere(join(root, directory.backing))))
      this.#options.found({ kind: 'old', ...directory, detail: missing })
  }

  /** What a mount has noted meanwhile is read before it is looked at again. */
  #settles(fine: () => Promise<boolean>): Promise<boolean> {
    const { native, patience } = this.#options
    return patience.settles(async () => {
      if (await fine()) return true
      native.refreshKnown()
      return false
    })
  }
}

/** What stands at the place, as it is known; null where it is gone. */
async function objectOf(native: NativeVolume, { entry }: CheckedEntry, at: string): Promise<Buffer | null> {
  if (entry.isDirectory()) return readId(at)
  if (entry.isFile()) return fileId(at)
  const target = entry.isSymbolicLink() ? await readlink(at).catch(() => null) : null
  if (target !== null) return native.objectOfTarget(target)
  return !entry.isSymbolicLink() && (await isThere(at)) ? native.objectOfSpecial(at) : null
}

async function fileId(path: string): Promise<Buffer | null> {
  const handle = await open(path).catch(() => null)
  if (handle === null) return null
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADER_SIZE), 0, HEADER_SIZE, 0)
    return bytesRead === HEADER_SIZE ? buffer.subarray(HEADER_SIZE - ID_SIZE) : null
  } finally {
    await handle.close()
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
