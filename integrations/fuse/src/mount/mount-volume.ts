import { realpath } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { getSystemErrorName } from 'node:util'
import type { KeyEvents, KeyService } from '@hufu/wire'
import { HEADER_FILE, REVERSE_HEADER_FILE, type VolumeHeader } from '../header/header.ts'
import { type OpenVolume, openVolume } from '../volume/open-volume.ts'
import { volumeSuite } from '../volume/volume-suite.ts'
import { VolumeError } from '../volume-error.ts'
import { leastChange, writeAnchor } from './anchor.ts'
import { unmountWhenIdle } from './idle.ts'
import { holdLease, type Lease } from './lease.ts'
import { checkMountPoint } from './mount-point.ts'
import { removeMountState, writeMountState } from './mount-state.ts'
import { type NativeVolume, nativeVolume } from './native.ts'
import { closeVolume, type OnRevoke, reopenVolume } from './on-revoke.ts'
import { readAhead } from './read-ahead.ts'

export interface MountOptions {
  /** The backing directory. */
  readonly directory: string
  readonly mountpoint: string
  readonly services: readonly KeyService[]
  readonly events?: KeyEvents
  readonly readOnly?: boolean
  /** Shows a plain directory (`initVolume` with `reverse`) as the volume that it would be: read-only. */
  readonly reverse?: boolean
  /** Lets other users than the mounting one in, as far as modes allow. */
  readonly allowOther?: boolean
  /** What to do when the key may no longer be used: default `deny`. */
  readonly onRevoke?: OnRevoke
  /** Unmounts once nobody has used the mount for so long; never unless told. */
  readonly idleMilliseconds?: number
  readonly probeMilliseconds?: number
  readonly leaseMilliseconds?: number
  /** A folder apart from the volume, where it is kept how far its changes went: by it an older state of the whole volume is found. */
  readonly anchors?: string
  readonly onChange?: (message: string) => void
  /** What the data path tells: damaged files (by their backing names), what was finished after a crash. */
  readonly onLog?: (line: string) => void
}

export interface MountedVolume {
  readonly header: VolumeHeader
  readonly mountpoint: string
  readonly lease: Lease
  /** Since anybody used the mount. */
  idleMilliseconds(): number
  /** Resolves when the mount is gone, however that came about. */
  readonly ended: Promise<void>
  /** Throws `MountFailed` while it is in use, unless `lazy`. */
  unmount(lazy?: boolean): void
}

/** Mounts the volume and serves it from this process until it is unmounted. One volume a process. */
export async function mountVolume(given: MountOptions): Promise<MountedVolume> {
  const options = given.reverse === true ? { ...given, readOnly: true } : given
  const directory = await realpath(options.directory).catch((cause: NodeJS.ErrnoException) => {
    throw new VolumeError('BackingDirectory', `${options.directory}: no volume here (${cause.code})`, { cause })
  })
  const mountpoint = await checkMountPoint(options.mountpoint, directory)
  const native = nativeVolume()
  using volume = await openVolume(directory, options.services, headerOf(options))
  const ended = serve(native, volume, directory, mountpoint, options)
  const lease = watch(native, directory, mountpoint, options)
  const { idleMilliseconds = 0 } = options
  const stopIdle = idleMilliseconds > 0 ? unmountWhenIdle(native, mountpoint, idleMilliseconds) : () => {}
  return {
    header: volume.header,
    mountpoint,
    lease,
    idleMilliseconds: () => native.idle(),
    ended: ended.finally(() => {
      lease.stop()
      stopIdle()
      if (options.readOnly === true) return
      removeMountState(directory)
      writeAnchor(volume.header, options.anchors, native.integritySequence())
    }),
    unmount: (lazy = false) => check(native.unmount(mountpoint, lazy), `${mountpoint} can not be unmounted`),
  }
}

const headerOf = ({ reverse = false }: MountOptions): string => (reverse ? REVERSE_HEADER_FILE : HEADER_FILE)

function serve(native: NativeVolume, volume: OpenVolume, directory: string, mountpoint: string, options: MountOptions) {
  const { readOnly = false, allowOther = false, reverse = false } = options
  const threads = Math.min(64, Math.max(4, 2 * availableParallelism()))
  const fd = native.mount(mountpoint, directory, readOnly, allowOther)
  if (fd < 0) throw mountError(mountpoint, fd)
  const { blockSize, suite } = volume.header
  native.log(options.onLog ?? (() => {}))
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const result = native.start(
    fd,
    directory,
    volumeSuite(suite).number,
    blockSize,
    threads,
    readOnly,
    volume.keys.data.bytes(),
    end,
    reverse,
    leastChange(volume.header, options.anchors),
  )
  if (result >= 0) {
    readAhead(mountpoint)
    if (!readOnly) writeAnchor(volume.header, options.anchors, native.integritySequence())
    return ended
  }
  native.unmount(mountpoint, true)
  throw startError(directory, result)
}

function mountError(mountpoint: string, result: number): VolumeError {
  const name = getSystemErrorName(result)
  const code = name === 'EPERM' || name === 'EACCES' ? 'NotPermitted' : 'MountFailed'
  return new VolumeError(code, `${mountpoint} can not be mounted: ${name}`)
}

function startError(directory: string, result: number): VolumeError {
  const name = getSystemErrorName(result)
  if (name === 'EAGAIN')
    return new VolumeError('AlreadyMounted', `${directory}: the volume is mounted elsewhere already`)
  if (name === 'EILSEQ')
    return new VolumeError('RolledBack', `${directory}: it is in an older state, or what is known of it is not there`)
  if (name === 'EISDIR') return new VolumeError('MountFailed', `${directory}: hufu.journal is a directory: remove it`)
  return new VolumeError('MountFailed', `${directory}: ${name}`)
}

function watch(native: NativeVolume, directory: string, mountpoint: string, options: MountOptions): Lease {
  const { services, events, readOnly = false, onRevoke = 'deny', onChange = () => {} } = options
  const leaseMilliseconds = options.leaseMilliseconds ?? 300_000
  const onState = ({ state, lastConfirmed }: Pick<Lease, 'state' | 'lastConfirmed'>) =>
    writeMountState(directory, {
      pid: process.pid,
      mountpoint,
      lease: state,
      since: lastConfirmed.toISOString(),
      leaseEnds: new Date(lastConfirmed.getTime() + leaseMilliseconds).toISOString(),
    })
  if (!readOnly) onState({ state: 'held', lastConfirmed: new Date() })
  return holdLease({
    directory,
    header: headerOf(options),
    ...(!readOnly && { onState }),
    services,
    ...(events && { events }),
    probeMilliseconds: options.probeMilliseconds ?? 1000,
    leaseMilliseconds,
    onLost(reason) {
      onChange(`closed: ${reason.message}`)
      closeVolume(native, onRevoke, mountpoint)
    },
    onRegained({ keys }) {
      onChange('open again')
      reopenVolume(native, readOnly, keys)
    },
  })
}

function check(result: number, what: string): number {
  if (result >= 0) return result
  throw new VolumeError('MountFailed', `${what}: ${getSystemErrorName(result)}`)
}
