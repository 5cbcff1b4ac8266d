import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What stands between the name of a file that is being written and its random end. */
export const UNFINISHED = '.hufu-'

/**
 * Writes a file under a temporary name beside its own, which it gets when `write` has resolved and the bytes are
 * durable. When anything fails nothing of that name was changed, and nothing is left.
 */
export async function writeNewFile(
  path: string,
  mode: number,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}${UNFINISHED}${randomBytes(6).toString('hex')}`)
  const file = await open(temporary, 'wx+', mode)
  try {
    try {
      await write(file)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
