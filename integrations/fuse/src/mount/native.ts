import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VolumeError } from '../volume-error.ts'

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
  ): number
  setAccess(access: 'revoked'): number
  setAccess(access: 'full' | 'read-only', keys: Uint8Array): number
  /** Gives each line of the log to `line`, of this process's volume. */
  log(line: (text: string) => void): number
  /** How many files the kernel holds. */
  nodes(): number
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
