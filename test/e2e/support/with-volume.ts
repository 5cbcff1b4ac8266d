import { mkdirSync } from 'node:fs'
import { expect } from 'vitest'
import { Hufu } from './hufu.ts'

/** A running system with a volume under `alias/volume` in one directory, and an empty one to mount it at. */
export async function startWithVolume(backing: string, mountpoint: string): Promise<Hufu> {
  const hufu = await Hufu.start()
  mkdirSync(mountpoint)
  for (const args of [
    ['key', 'create', '--alias', 'volume'],
    ['volume', 'init', backing, '-k', 'alias/volume'],
  ])
    expect(await hufu.hufu(...args)).toMatchObject({ code: 0 })
  return hufu
}
