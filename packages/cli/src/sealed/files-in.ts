import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UNFINISHED } from '@hufu/sdk'

/** The regular files of a directory and of those in it, by name; not what a killed run was writing. */
export async function* filesIn(directory: string): AsyncGenerator<string, void, undefined> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.name.includes(UNFINISHED))
  yield* files.map(({ parentPath, name }) => join(parentPath, name)).sort()
}
