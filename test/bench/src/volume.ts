import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Area, Measured } from './area.ts'
import { inTurns } from './volume/in-turns.ts'
import { manyFiles } from './volume/many-files.ts'
import { gocryptfsMount, hufuMount } from './volume/mounts.ts'
import { makeSource } from './volume/source.ts'
import { names, parallel, programs, random, type Speeds, sequential } from './volume/speeds.ts'

/** Where both keep their ciphertext: memory, so that neither waits for a disk, and the disk of the temporary folder. */
const MEMORY = '/dev/shm'

/** The volume against Debian's gocryptfs, both on the same file system, in turns; its suites against each other; integrity on and off; its size. */
export const volume: Area = async ({ quick }) => {
  const parts = [
    await inFolder(MEMORY, (work) => overGocryptfs(work, '', quick)),
    await inFolder(tmpdir(), (work) => overGocryptfs(work, 'disk_', quick)),
    await inFolder(MEMORY, (work) => suites(work, quick)),
    await inFolder(MEMORY, (work) => integrity(work, quick)),
    await inFolder(MEMORY, (work) => manyFiles(work, quick ? 10_000 : 100_000)),
  ]
  return {
    ratios: Object.assign({}, ...parts.map(({ ratios }) => ratios)),
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
  }
}

async function inFolder<T>(parent: string, run: (work: string) => Promise<T>): Promise<T> {
  const work = await mkdtemp(join(parent, 'hufu-bench-volume-'))
  try {
    return await run(work)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function overGocryptfs(work: string, prefix: string, quick: boolean): Promise<Measured> {
  const source = makeSource(work, quick ? 600 : 3000)
  await using ours = await hufuMount(work)
  await using theirs = await gocryptfsMount(work)
  const measurements = [sequential, random, names, parallel, programs(source)]
  const [our, their] = inTurns([ours.path, theirs.path], measurements, quick ? 2 : 4, quick)
  return compared(our, their, (name) => `${prefix}${name}_over_gocryptfs`, [prefix, `${prefix}gocryptfs_`])
}

async function suites(work: string, quick: boolean): Promise<Measured> {
  await using sm4 = await hufuMount(work, 'sm4', { suite: 'SM4-GCM' })
  await using aes = await hufuMount(work, 'aes')
  const [our, their] = inTurns([sm4.path, aes.path], [sequential, random], quick ? 2 : 4, quick)
  return compared(our, their, (name) => `sm4_${name}_over_aes`, ['sm4_', 'aes_'])
}

/** What it costs to know which state is the last. */
async function integrity(work: string, quick: boolean): Promise<Measured> {
  await using known = await hufuMount(work, 'integrity', { integrity: true })
  await using plain = await hufuMount(work, 'plain')
  const [our, their] = inTurns([known.path, plain.path], [sequential, random, names], quick ? 2 : 4, quick)
  return compared(our, their, (name) => `integrity_${name}_over_without`, ['integrity_', 'without_'])
}

function compared(
  our: Speeds,
  their: Speeds,
  ratio: (name: string) => string,
  [ourPrefix, theirPrefix]: [string, string],
): Measured {
  const all = Object.keys(our)
  const figures = (prefix: string, speeds: Speeds) =>
    all.map((name) => [`${prefix}${name}_${unitOf(name)}`, speeds[name]])
  return {
    ratios: Object.fromEntries(all.map((name) => [ratio(name), (our[name] ?? 0) / (their[name] ?? 0)])),
    figures: Object.fromEntries([...figures(ourPrefix, our), ...figures(theirPrefix, their)]),
  }
}

const unitOf = (name: string): string => (/^(seq|par)/.test(name) ? 'mib_per_s' : 'per_s')
