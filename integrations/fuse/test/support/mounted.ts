import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initVolume, type MountedVolume, type MountOptions, mountVolume } from '../../src/index.ts'
import { type UnsafeKeyService, unsafeKeyService } from './unsafe-key-service.ts'

export interface Mounted extends AsyncDisposable {
  readonly backing: string
  readonly path: string
  readonly service: UnsafeKeyService
  readonly volume: MountedVolume
  /** Unmounts and mounts again, the key service being what it is. */
  remount(options?: Partial<MountOptions>): Promise<void>
}

/** A volume of its own, really mounted; gone with all its files when it is disposed. */
export async function mounted(options: Partial<MountOptions> = {}, blockSize: 4096 | 65_536 = 4096): Promise<Mounted> {
  const work = mkdtempSync(join(tmpdir(), 'hufu-volume-'))
  const [directory, mountpoint] = [join(work, 'backing'), join(work, 'mnt')]
  const service = unsafeKeyService()
  mkdirSync(mountpoint)
  await initVolume({ directory, keys: [{ service, keyId: 'k' }], blockSize })
  const mount = (more?: Partial<MountOptions>) =>
    mountVolume({ directory, mountpoint, services: [service], ...options, ...more })
  let volume = await mount()
  const end = async () => {
    volume.unmount(true)
    await volume.ended
  }
  return {
    backing: directory,
    path: mountpoint,
    service,
    get volume() {
      return volume
    },
    async remount(more) {
      await end()
      volume = await mount(more)
    },
    async [Symbol.asyncDispose]() {
      await end()
      rmSync(work, { recursive: true, force: true })
    },
  }
}
