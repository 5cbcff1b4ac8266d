import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Measured } from '../area.ts'
import { hufuMount } from './mounts.ts'

/** Memory of the server once it has had so many files open and closed, and how long mounting takes with and without them. */
export async function manyFiles(work: string, files: number): Promise<Measured> {
  const { empty, resident } = await openAndClose(work, files)
  const full = await milliseconds(work)
  rmSync(join(work, 'many'), { recursive: true })
  return {
    ratios: { mount_full_over_empty_times: full / empty },
    figures: {
      many_files: files,
      resident_after_files_mb: resident / 1_000_000,
      mount_empty_ms: empty,
      mount_full_ms: full,
    },
  }
}

async function openAndClose(work: string, files: number) {
  await using volume = await hufuMount(work, 'many')
  const path = (i: number) => join(volume.path, `${Math.floor(i / 1000)}`, `file ${i}`)
  for (let i = 0; i < files; i++) {
    if (i % 1000 === 0) mkdirSync(join(volume.path, `${i / 1000}`))
    writeFileSync(path(i), `content ${i}`)
  }
  for (let i = 0; i < files; i++) readFileSync(path(i))
  return { empty: volume.mountMilliseconds, resident: volume.resident() }
}

async function milliseconds(work: string): Promise<number> {
  await using volume = await hufuMount(work, 'many')
  return volume.mountMilliseconds
}
