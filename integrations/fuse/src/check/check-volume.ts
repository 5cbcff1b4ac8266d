import { lstat, readlink, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { getSystemErrorName } from 'node:util'
import type { KeyService } from '@hufu/wire'
import { hasIntegrity } from '../header/header.ts'
import { leastChange } from '../mount/anchor.ts'
import { type FileVerdict, type NativeVolume, nativeVolume } from '../mount/native.ts'
import { openVolume } from '../volume/open-volume.ts'
import { VolumeError } from '../volume-error.ts'
import { beginVerifying } from './begin-verifying.ts'
import { type CheckedDirectory, type CheckedEntry, directoryEntries } from './directory-entries.ts'
import type { CheckReport, Finding } from './finding.ts'
import { Known } from './known.ts'
import { Patience } from './patience.ts'

export interface CheckOptions {
  readonly directory: string
  readonly services: readonly KeyService[]
  /** Deletes what crashes left, and turns bad blocks into zeros. Nothing is written without it; the volume must not be mounted. */
  readonly repair?: boolean
  /** Files that are verified at once: twice the processors unless told. */
  readonly jobs?: number
  /** As for `mountVolume`. */
  readonly anchors?: string
  /** The plaintext bytes that were verified so far. */
  readonly onProgress?: (bytes: number) => void
}

/** What an entry answers that was removed, or whose name is that of an entry of another kind, since it was listed. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENOTDIR', 'EISDIR'])

/** Verifies every block, name, target and attribute of a volume, mounted or not. A process that serves a mount can't. */
export async function checkVolume(options: CheckOptions): Promise<CheckReport> {
  const { directory, services, repair = false } = options
  using volume = await openVolume(directory, services)
  const { id } = volume.header
  const native = nativeVolume()
  const lock = repair ? native.lock(directory) : 0
  if (lock < 0) throw new VolumeError('AlreadyMounted', `${directory}: it is mounted, and can not be repaired now`)
  try {
    const integrity = hasIntegrity(volume.header)
    beginVerifying(native, volume, directory, integrity, repair)
    const least = leastChange(volume.header, options.anchors)
    return await new Check(native, options, integrity).run(id, least).finally(() => native.verifyEnd())
  } finally {
    if (repair) native.unlock(lock)
  }
}

class Check {
  readonly #native: NativeVolume
  readonly #options: CheckOptions
  readonly #findings: Finding[] = []
  readonly #inodes = new Set<bigint>()
  readonly #counts = { directories: 0, files: 0, symlinks: 0, others: 0, blocks: 0, bytes: 0 }
  #free: number
  readonly #waiting: (() => void)[] = []
  readonly #patience: Patience
  readonly #known: Known

  constructor(native: NativeVolume, options: CheckOptions, integrity: boolean) {
    const found = (finding: Finding) => void this.#findings.push(finding)
    this.#native = native
    this.#patience = new Patience(() => native.isServed())
    this.#known = new Known({
      native,
      root: options.directory,
      integrity,
      patience: this.#patience,
      found,
    })
    this.#options = options
    this.#free = options.jobs ?? 2 * availableParallelism()
  }

  async run(volumeId: string, least: number): Promise<CheckReport> {
    const change = this.#native.integritySequence()
    if (change < least)
      this.#findings.push({ kind: 'old', backing: '', path: '', detail: `its last change is ${change}, not ${least}` })
    const directories: CheckedDirectory[] = [{ backing: '', path: '' }]
    for (let next = directories.pop(); next !== undefined; next = directories.pop())
      directories.push(...(await this.#checkDirectory(next)))
    const findings = this.#findings.sort((a, b) => (a.backing < b.backing ? -1 : 1))
    return { volumeId, ...this.#counts, findings }
  }

  /** Its subdirectories. Its files are verified at once, as many as there are jobs. */
  async #checkDirectory(directory: CheckedDirectory): Promise<CheckedDirectory[]> {
    this.#counts.directories++
    if (directory.backing === '') this.#checkAttributes(directory)
    let [entries, leftovers] = await this.#list(directory)
    await this.#patience.settles(async () => {
      if (leftovers.length === 0) return true
      const [later, still] = await this.#list(directory)
      entries = later
      leftovers = leftovers.filter((one) =>
        still.some(({ kind, backing }) => kind === one.kind && backing === one.backing),
      )
      return leftovers.length === 0
    })
    for (const finding of leftovers) this.#findings.push(await this.#repairLeftover(finding))
    await Promise.all(entries.map((entry) => this.#checkEntry(entry)))
    await this.#known.compareCount(directory, entries.length)
    return entries.filter(({ entry }) => entry.isDirectory())
  }

  /** Its entries, and what is wrong with others; of a mounted volume that may be what is under way. */
  async #list(directory: CheckedDirectory): Promise<[CheckedEntry[], Finding[]]> {
    const leftovers: Finding[] = []
    const found = (finding: Finding) => void leftovers.push(finding)
    const entries = await directoryEntries(this.#native, this.#options.directory, directory, found).catch((error) => {
      if (!GONE.has(error.code)) found({ kind: 'unreadable', ...directory, detail: error.code })
      return []
    })
    return [entries, leftovers]
  }

  async #repairLeftover(finding: Finding): Promise<Finding> {
    const removable = finding.kind === 'leftover' || finding.detail.startsWith('the name of an entry')
    if (this.#options.repair !== true || !removable) return finding
    await rm(join(this.#options.directory, finding.backing), { recursive: true })
    return { ...finding, repaired: true }
  }

  async #checkEntry(entry: CheckedEntry): Promise<void> {
    if (!entry.entry.isFile()) this.#checkAttributes(entry)
    if (entry.entry.isSymbolicLink()) return this.#checkSymlink(entry)
    if (!entry.entry.isFile()) {
      if (!entry.entry.isDirectory()) this.#counts.others++
      return this.#known.compare(entry)
    }
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free--
    try {
      await this.#checkFile(entry)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }

  #checkAttributes({ backing, path }: CheckedDirectory): void {
    const bad = this.#native.badAttributes(join(this.#options.directory, backing))
    if (bad > 0)
      this.#findings.push({ kind: 'attribute', backing, path, detail: `${bad} attributes are not authentic` })
  }

  async #checkSymlink(entry: CheckedEntry): Promise<void> {
    const { backing, path } = entry
    this.#counts.symlinks++
    const target = await readlink(join(this.#options.directory, backing)).catch(() => null)
    if (target === null) return
    if (!this.#native.openTarget(target))
      this.#findings.push({ kind: 'target', backing, path, detail: 'its target is not authentic' })
    else await this.#known.compare(entry)
  }

  async #checkFile(entry: CheckedEntry): Promise<void> {
    const { backing } = entry
    const at = join(this.#options.directory, backing)
    const stat = await lstat(at, { bigint: true }).catch(() => null)
    if (stat === null) return
    if (this.#inodes.has(stat.ino)) return this.#known.compare(entry)
    if (stat.nlink > 1n) this.#inodes.add(stat.ino)
    const verdict = await this.#native.verifyFile(at, this.#options.repair === true)
    this.#counts.files++
    this.#counts.blocks += verdict.blocks
    this.#counts.bytes += verdict.size
    this.#options.onProgress?.(this.#counts.bytes)
    this.#tellFile(entry, verdict)
    if (verdict.header && verdict.error === 0) await this.#known.compare(entry)
  }

  #tellFile({ backing, path }: CheckedEntry, verdict: FileVerdict): void {
    const repaired = this.#options.repair === true
    const add = (kind: Finding['kind'], detail: string, mended = false) =>
      this.#findings.push({ kind, backing, path, detail, ...(mended && { repaired: true }) })
    if (verdict.error < 0 && !GONE.has(getSystemErrorName(verdict.error)))
      add('unreadable', getSystemErrorName(verdict.error))
    if (!verdict.header) add('header', 'not a file of this volume')
    if (verdict.badCount > 0) {
      const shown = verdict.bad.slice(0, 20).join(', ')
      add('block', `${verdict.badCount} of ${verdict.blocks} blocks are not authentic: ${shown}`, repaired)
    }
    if (verdict.oldCount > 0)
      add('old', `${verdict.oldCount} blocks are not the last that were written, from ${verdict.firstOld} on`, repaired)
    if (verdict.header && verdict.error === 0 && !verdict.knownSize) add('old', 'its size is not what it was last')
    if (verdict.badAttributes > 0) add('attribute', `${verdict.badAttributes} attributes are not authentic`)
  }
}
