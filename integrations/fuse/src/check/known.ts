import { lstat, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { NativeVolume } from '../mount/native.ts'
import { type CheckedDirectory, type CheckedEntry, readId } from './directory-entries.ts'
import type { Finding } from './finding.ts'

const [HEADER_SIZE, ID_SIZE] = [32, 16]
/** A mount may be changing what is compared: it is wrong only if it stays so. */
const [TRIES, PAUSE_MILLISECONDS] = [20, 5]

/** Compares what is in a volume with what is known of it; without integrity nothing is, and all is as it should be. */
export class Known {
  readonly #native: NativeVolume
  readonly #root: string
  readonly #integrity: boolean
  readonly #found: (finding: Finding) => void

  constructor(native: NativeVolume, root: string, integrity: boolean, found: (finding: Finding) => void) {
    this.#native = native
    this.#root = root
    this.#integrity = integrity
    this.#found = found
  }

  /** What a directory, a pipe, a socket or a device is known as; null where it is gone. */
  async objectOf({ backing, entry }: CheckedEntry): Promise<Buffer | null> {
    const at = join(this.#root, backing)
    return entry.isDirectory() ? readId(at) : this.#native.objectOfSpecial(at)
  }

  async compareFile(entry: CheckedEntry, at: string): Promise<void> {
    if (this.#integrity) await this.compare(entry, await fileId(at))
  }

  /** Whether the entry leads to that object. */
  async compare({ backing, path }: CheckedEntry, object: Uint8Array | null): Promise<void> {
    const at = join(this.#root, backing)
    const id = this.#integrity && object !== null ? await readId(dirname(at)) : null
    if (id === null || object === null) return
    const fine = () => this.#native.knownEntry(id, basename(at), object) > 0
    if ((await this.#settles(fine)) || !(await isThere(at))) return
    this.#found({ kind: 'old', backing, path, detail: 'it was not there, or is not what stood there last' })
  }

  /** Whether entries of the directory are missing, and the root is the root. */
  async compareCount(directory: CheckedDirectory, entries: readonly CheckedEntry[]): Promise<void> {
    const at = join(this.#root, directory.backing)
    const id = this.#integrity ? await readId(at) : null
    if (id === null) return
    if (directory.backing === '' && !this.#native.isKnownRoot(id))
      this.#found({ kind: 'old', ...directory, detail: 'it is not the root of this volume' })
    const known = this.#native.knownEntries(id)
    if (
      known > entries.length &&
      (await this.#settles(() => this.#native.knownEntries(id) <= entries.length)) === false
    )
      this.#found({ kind: 'old', ...directory, detail: `${known - entries.length} of ${known} entries are missing` })
  }

  async #settles(fine: () => boolean): Promise<boolean> {
    for (let i = 0; i < TRIES; i++) {
      if (fine()) return true
      this.#native.refreshKnown()
      await setTimeout(PAUSE_MILLISECONDS)
    }
    return fine()
  }
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
