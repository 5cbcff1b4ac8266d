import { HufuError } from '@hufu/wire'
import Sqlite from 'better-sqlite3'

/**
 * Keeps a second process out of a store: an exclusive transaction on a file of its own, whose lock the operating
 * system takes back however the process ends. Throws `StoreInUse`.
 */
export function lockStore(file: string): { release(): void } {
  const lock = new Sqlite(file, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    throw new HufuError('StoreInUse', `expected to be alone with the store, but another process holds ${file}`, {
      cause,
    })
  }
  return { release: () => lock.close() }
}
