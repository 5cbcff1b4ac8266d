import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Everything of a tree that two equal ones have in common, by path. */
export function treeOf(root: string): Record<string, unknown> {
  const tree: Record<string, unknown> = {}
  let paths: string[]
  try {
    paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  } catch {
    return tree
  }
  for (const path of paths) tree[path] = entryOf(join(root, path))
  return tree
}

function entryOf(path: string): unknown {
  const { mode, nlink, uid, gid, size } = lstatSync(path)
  const shared = { mode: mode.toString(8), uid, gid }
  const kind = mode & 0o170_000
  if (kind === 0o120_000) return { ...shared, target: readlinkSync(path), size }
  if (kind === 0o040_000) return shared
  if (kind !== 0o100_000) return { ...shared, nlink }
  return { ...shared, nlink, size, content: createHash('sha256').update(readFileSync(path)).digest('hex') }
}
