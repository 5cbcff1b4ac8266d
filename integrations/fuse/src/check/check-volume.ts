import { lstat, readlink, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { getSystemErrorName } from 'node:util'
import type { KeyService } from '@hufu/wire'
import { type NativeVolume, nativeVolume } from '../mount/native.ts'
import { openVolume } from '../volume/open-volume.ts'
import { volumeSuite } from '../volume/volume-suite.ts'
import { VolumeError } from '../volume-error.ts'
import { type CheckedDirectory, type CheckedEntry, directoryEntries } from './directory-entries.ts'
import type { CheckReport, Finding } from './finding.ts'

export interface CheckOptions {
  readonly directory: string
  readonly services: readonly KeyService[]
  /** Deletes what crashes left, and turns bad blocks into zeros. Nothing is written without it; the volume must not be mounted. */
  readonly repair?: boolean
  /** Files that are verified at once: twice the processors unless told. */
  readonly jobs?: number
  /** The plaintext bytes that were verified so far. */
  readonly onProgress?: (bytes: number) => void
}

/** Verifies every block, name, target and attribute of a volume, mounted or not. A process that serves a mount can't. */
export async function checkVolume(options: CheckOptions): Promise<CheckReport> {
  const { directory, services, repair = false } = options
  using volume = await openVolume(directory, services)
  const { blockSize, suite, id } = volume.header
  const native = nativeVolume()
  const result = native.verifyWith(volumeSuite(suite).number, blockSize, volume.keys.data.bytes())
  if (result < 0) throw new VolumeError('AlreadyMounted', `this process serves a volume: ${getSystemErrorName(result)}`)
  const lock = repair ? native.lock(directory) : 0
  if (lock < 0) throw new VolumeError('AlreadyMounted', `${directory}: it is mounted, and can not be repaired now`)
  try {
    return await new Check(native, options).run(id)
  } finally {
    if (repair) native.unlock(lock)
    native.verifyEnd()
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

  constructor(native: NativeVolume, options: CheckOptions) {
    this.#native = native
    this.#options = options
    this.#free = options.jobs ?? 2 * availableParallelism()
  }

  async run(volumeId: string): Promise<CheckReport> {
    const directories: CheckedDirectory[] = [{ backing: '', path: '' }]
    for (let next = directories.pop(); next !== undefined; next = directories.pop())
      directories.push(...(await this.#checkDirectory(next)))
    const findings = this.#findings.sort((a, b) => (a.backing < b.backing ? -1 : 1))
    return { volumeId, ...this.#counts, findings }
  }

  /** Its subdirectories. Its files are verified at once, as many as there are jobs. */
  async #checkDirectory(directory: CheckedDirectory): Promise<CheckedDirectory[]> {
    this.#counts.directories++
    const { directory: root } = this.#options
    const leftovers: Finding[] = []
    const found = (finding: Finding) => leftovers.push(finding)
    const entries = await directoryEntries(this.#native, root, directory, found).catch((error) => {
      if (error.code !== 'ENOENT') found({ kind: 'unreadable', ...directory, detail: error.code })
      return []
    })
    for (const finding of leftovers) this.#findings.push(await this.#repairLeftover(finding))
    await Promise.all(entries.map((entry) => this.#checkEntry(entry)))
    return entries.filter(({ entry }) => entry.isDirectory())
  }

  async #repairLeftover(finding: Finding): Promise<Finding> {
    const removable = finding.kind === 'leftover' || finding.detail.startsWith('the name of an entry')
    if (this.#options.repair !== true || !removable) return finding
    await rm(join(this.#options.directory, finding.backing), { recursive: true })
    return { ...finding, repaired: true }
  }

  async #checkEntry(entry: CheckedEntry): Promise<void> {
    if (entry.entry.isSymbolicLink()) return this.#checkSymlink(entry)
    if (!entry.entry.isFile()) {
      if (!entry.entry.isDirectory()) this.#counts.others++
      return
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

  async #checkSymlink({ backing, path }: CheckedEntry): Promise<void> {
    this.#counts.symlinks++
    const target = await readlink(join(this.#options.directory, backing)).catch(() => null)
    if (target !== null && !this.#native.openTarget(target))
      this.#findings.push({ kind: 'target', backing, path, detail: 'its target is not authentic' })
  }

  async #checkFile({ backing, path }: CheckedEntry): Promise<void> {
    const at = join(this.#options.directory, backing)
    const stat = await lstat(at, { bigint: true }).catch(() => null)
    if (stat === null || this.#inodes.has(stat.ino)) return
    if (stat.nlink > 1n) this.#inodes.add(stat.ino)
    const repair = this.#options.repair === true
    const verdict = await this.#native.verifyFile(at, repair)
    const add = (kind: Finding['kind'], detail: string, repaired = false) =>
      this.#findings.push({ kind, backing, path, detail, ...(repaired && { repaired }) })
    this.#counts.files++
    this.#counts.blocks += verdict.blocks
    this.#counts.bytes += verdict.size
    this.#options.onProgress?.(this.#counts.bytes)
    if (verdict.error < 0 && getSystemErrorName(verdict.error) !== 'ENOENT')
      add('unreadable', getSystemErrorName(verdict.error))
    if (!verdict.header) add('header', 'not a file of this volume')
    if (verdict.badCount > 0) {
      const shown = verdict.bad.slice(0, 20).join(', ')
      add('block', `${verdict.badCount} of ${verdict.blocks} blocks are not authentic: ${shown}`, repair)
    }
    if (verdict.badAttributes > 0) add('attribute', `${verdict.badAttributes} attributes are not authentic`)
  }
}
