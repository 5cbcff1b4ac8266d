import { mkdirSync } from 'node:fs'
import { type MountOptions, mountVolume } from '../../src/index.ts'
import { unsafeOpenService } from './unsafe-open-service.mjs'
import { watchMount } from './watchdog.ts'

/** Mounts, does what is to be done there, and unmounts whatever came of it. */
export async function whileMounted<T>(
  directory: string,
  mountpoint: string,
  options: Partial<MountOptions>,
  run: () => T | Promise<T>,
): Promise<T> {
  mkdirSync(mountpoint, { recursive: true })
  const mounted = await mountVolume({ directory, mountpoint, services: [unsafeOpenService], ...options })
  const watchdog = watchMount(mountpoint)
  try {
    return await run()
  } finally {
    mounted.unmount(true)
    await mounted.ended
    watchdog.stop()
  }
}
