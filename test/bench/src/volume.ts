import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Area } from './area.ts'
import { inTurns, type Speeds } from './volume/measure.ts'
import { gocryptfsMount, hufuMount } from './volume/mounts.ts'

/** Where both keep their ciphertext: memory, so that neither waits for a disk. */
const MEMORY = '/dev/shm'

/** The volume against Debian's gocryptfs, both on the same memory file system, in turns. */
export const volume: Area = async ({ quick }) => {
  const work = await mkdtemp(join(MEMORY, 'hufu-bench-volume-'))
  try {
    await using ours = await hufuMount(work)
    await using theirs = await gocryptfsMount(work)
    const [our, their] = inTurns([ours.path, theirs.path], quick ? 1 : 3, quick)
    const names = Object.keys(our) as (keyof Speeds)[]
    return {
      ratios: Object.fromEntries(names.map((name) => [`${name}_over_gocryptfs`, our[name] / their[name]])),
      figures: Object.fromEntries(
        names.flatMap((name) => [
          [`${name}_${unitOf(name)}`, our[name]],
          [`gocryptfs_${name}_${unitOf(name)}`, their[name]],
        ]),
      ),
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const unitOf = (name: keyof Speeds): string => (name.startsWith('seq') ? 'mib_per_s' : 'per_s')
