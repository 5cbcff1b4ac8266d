import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { UNFINISHED } from '@hufu/sdk'
import { Progress } from '../output/progress.ts'
import type { Transform } from './transform.ts'

interface Pair {
  readonly from: string
  readonly to: string
  readonly size: number
}

/**
 * Every file of a directory into the same place of another. Files that are there already and not older than their
 * source are left, so that an interrupted run goes on where it was.
 */
export async function transformDirectory(
  transform: Transform,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const pairs = await missing(await pairsOf(transform, from, to))
  const progress = new Progress(
    transform.name,
    pairs.reduce((sum, { size }) => sum + size, 0),
  )
  let before = 0
  for (const pair of pairs) {
    signal.throwIfAborted()
    await mkdir(dirname(pair.to), { recursive: true })
    await removeUnfinished(pair.to)
    const done = before
    await transform.file(pair.from, pair.to, { signal, onProgress: (bytes) => progress.at(done + bytes) })
    before += pair.size
  }
  progress.end()
}

async function pairsOf(transform: Transform, from: string, to: string): Promise<readonly Pair[]> {
  const pairs: Pair[] = []
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const place = join(to, relative(from, entry.parentPath))
    if (entry.isDirectory()) await mkdir(join(place, entry.name), { recursive: true })
    else if (!entry.isFile()) process.stderr.write(`hufu: left out, since it is no regular file: ${path}\n`)
    else if (!entry.name.includes(UNFINISHED))
      pairs.push({ from: path, to: join(place, transform.outputName(entry.name)), size: (await stat(path)).size })
  }
  return pairs
}

async function missing(pairs: readonly Pair[]): Promise<readonly Pair[]> {
  const isThere = await Promise.all(pairs.map(isUpToDate))
  return pairs.filter((_, i) => !isThere[i])
}

async function isUpToDate({ from, to }: Pair): Promise<boolean> {
  const result = await stat(to).catch(() => null)
  return result !== null && result.mtimeMs >= (await stat(from)).mtimeMs
}

/** What a killed run was writing. */
async function removeUnfinished(path: string): Promise<void> {
  const start = `.${basename(path)}${UNFINISHED}`
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(start)) await rm(join(dirname(path), name), { force: true })
}
