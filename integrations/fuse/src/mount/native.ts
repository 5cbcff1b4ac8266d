import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VolumeError } from '../volume-error.ts'

export interface FileVerdict {
  /** A negative errno where it could not be read, or 0. */
  readonly error: number
  readonly header: boolean
  /** Plaintext bytes. */
  readonly size: number
  readonly blocks: number
  /** The numbers of the first thousand bad blocks. */
  readonly bad: readonly number[]
  readonly badCount: number
  /** The file's id, where its header is one. */
  readonly id: Buffer
  /** Authentic blocks that are not the last that were written, where the volume has integrity, and the number of the first. */
  readonly oldCount: number
  readonly firstOld: number
  readonly knownSize: boolean
  readonly attributes: number
  readonly badAttributes: number
}

/** The native data path (native/addon.c): one volume a process. Every number is 0 or more, or a negative errno. */
export interface NativeVolume {
  /** The descriptor of the FUSE device. */
  mount(mountpoint: string, source: string, readOnly: boolean, allowOther: boolean): number
  unmount(mountpoint: string, lazy: boolean): number
  start(
    fd: number,
    backing: string,
    suite: number,
    blockSize: number,
    threads: number,
    readOnly: boolean,
    keys: Uint8Array,
    ended: () => void,
    reverse: boolean,
    leastChange: number,
  ): number
  setAccess(access: 'revoked' | 'no-opens' | 'read-only'): number
  setAccess(access: 'full' | 'read-only', keys: Uint8Array): number
  /** Gives each line of the log to `line`, of this process's volume. */
  log(line: (text: string) => void): number
  /** Milliseconds since anybody used the mount. */
  idle(): number
  /** The number of the last change that is known, of a volume with integrity that is or was open. */
  integritySequence(): number
  /** How many files the kernel holds. */
  nodes(): number
  /** Gives the keys to the calls below, in a process that serves no mount; `verifyEnd` zeroises them. */
  verifyWith(
    suite: number,
    blockSize: number,
    keys: Uint8Array,
    directory: string,
    integrity: boolean,
    repair: boolean,
  ): number
  verifyEnd(): void
  /** Whether another process serves for writing what is verified, or did since `verifyWith`. */
  isServed(): boolean
  /** The plain name, or null where it is not authentic in that directory. */
  openName(directoryId: Uint8Array, sealedName: string): Buffer | null
  /** Where a plain name stands in that directory. */
  backingName(directoryId: Uint8Array, name: Buffer): string | null
  /** Whether a symlink's sealed target is authentic. */
  openTarget(text: string): boolean
  /** How many attributes of a directory, a link, a device are not authentic. */
  badAttributes(path: string): number
  /** Verifies a file on a thread of the pool; `punch` turns bad blocks into holes. */
  verifyFile(path: string, punch: boolean): Promise<FileVerdict>
  /** Locks a backing directory as a mount for writing does: a descriptor. */
  lock(directory: string): number
  unlock(descriptor: number): void
  /** Whether an entry leads to that object: 2; may lead anywhere: 1; is not there, or leads elsewhere: 0. */
  knownEntry(directoryId: Uint8Array, backingName: string, object: Uint8Array): number
  /** How many entries the directory is known to have. */
  knownEntries(directoryId: Uint8Array): number
  /** The same number twice: none of its entries changed between. */
  knownChanges(directoryId: Uint8Array): number
  /** How much is known, and kept in memory; directories: those with entries. */
  knownCounts(): { readonly entries: number; readonly files: number; readonly directories: number }
  isKnownRoot(directoryId: Uint8Array): boolean
  /** Reads what a mount has noted meanwhile. */
  refreshKnown(): number
  objectOfTarget(text: string): Buffer
  objectOfSpecial(path: string): Buffer
  /** Between `verifyWith` and `verifyEnd`: forgets what was known of the volume, to be told anew and written. */
  acceptBegin(rootId: Uint8Array): number
  /** The file's id. */
  acceptFile(path: string): Buffer | number
  acceptEntry(directoryId: Uint8Array, backingName: string, object: Uint8Array): number
  acceptEnd(): number
}

/** Throws `NoNative` where the addon was not built. */
export function nativeVolume(): NativeVolume {
  const require = createRequire(import.meta.url)
  try {
    return require('node-gyp-build')(join(dirname(fileURLToPath(import.meta.url)), '..', '..'))
  } catch (cause) {
    throw new VolumeError('NoNative', 'the native part of the volume is not built for this machine', { cause })
  }
}
