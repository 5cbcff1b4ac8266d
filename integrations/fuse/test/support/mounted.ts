import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type InitOptions,
  initVolume,
  isMounted,
  type MountedVolume,
  type MountOptions,
  mountVolume,
} from '../../src/index.ts'
import { type UnsafeKeyService, unsafeKeyService } from './unsafe-key-service.ts'
import { type Watchdog, watchMount } from './watchdog.ts'

export interface Mounted extends AsyncDisposable {
  readonly backing: string
  readonly path: string
  readonly service: UnsafeKeyService
  readonly volume: MountedVolume
  /** What the server logged. */
  readonly log: readonly string[]
  /** Unmounts; the backing files stay for `remount`. */
  unmount(): Promise<void>
  /** Unmounts and mounts again, the key service being what it is. */
  remount(options?: Partial<MountOptions>): Promise<void>
}

/** A volume of its own, really mounted; gone with all its files when it is disposed. */
export async function mounted(
  options: Partial<MountOptions> = {},
  init: Pick<InitOptions, 'blockSize' | 'suite' | 'integrity'> = {},
): Promise<Mounted> {
  const work = mkdtempSync(join(tmpdir(), 'hufu-volume-'))
  const [directory, mountpoint] = [join(work, 'backing'), join(work, 'mnt')]
  const service = unsafeKeyService()
  const log: string[] = []
  mkdirSync(mountpoint)
  await initVolume({ directory, keys: [{ service, keyId: 'k' }], ...init })
  const mount = (more?: Partial<MountOptions>) =>
    mountVolume({ directory, mountpoint, services: [service], onLog: (line) => log.push(line), ...options, ...more })
  let volume = await mount()
  let watchdog: Watchdog | null = watchMount(mountpoint)
  const unmount = async () => {
    if (watchdog === null) return
    if (await isMounted(mountpoint)) volume.unmount(true)
    await volume.ended
    watchdog.stop()
    watchdog = null
  }
  return {
    backing: directory,
    path: mountpoint,
    service,
    log,
    get volume() {
      return volume
    },
    unmount,
    async remount(more) {
      await unmount()
      volume = await mount(more)
      watchdog = watchMount(mountpoint)
    },
    async [Symbol.asyncDispose]() {
      await unmount()
      rmSync(work, { recursive: true, force: true })
    },
  }
}
