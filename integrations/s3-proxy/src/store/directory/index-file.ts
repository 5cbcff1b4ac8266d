import { closeSync, fdatasync, openSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HufuError } from '@hufu/wire'
import SqliteDatabase, { type Database } from 'better-sqlite3'
import { migrate } from './schema.ts'
import { storageError } from './storage-error.ts'

const datasync = promisify(fdatasync)

/**
 * The SQLite index of a directory. A commit is made durable by syncing the write-ahead log, off the main thread
 * and once for all commits that wait: SQLite itself syncs only when it moves the log into the database.
 */
export class IndexFile {
  readonly database: Database
  readonly #log: number
  #running: Promise<void> | null = null
  #waiting: Promise<void> | null = null

  /** Throws `StoreInUse` when another process has the directory open. */
  constructor(directory: string) {
    const path = join(directory, 'index.sqlite')
    this.database = new SqliteDatabase(path, { timeout: 0 })
    try {
      this.database.pragma('locking_mode = EXCLUSIVE')
      this.database.pragma('journal_mode = WAL')
      this.database.pragma('synchronous = NORMAL')
      migrate(this.database)
      this.#log = openSync(`${path}-wal`, 'r+')
    } catch (error) {
      this.database.close()
      if (!(error instanceof SqliteDatabase.SqliteError) || error.code !== 'SQLITE_BUSY') throw error
      throw new HufuError('StoreInUse', `the objects in ${directory} are in use by another process`, { cause: error })
    }
  }

  /** Runs the work in one transaction; resolves when it is durable. What the work throws rolls it back. */
  async commit<T>(work: () => T): Promise<T> {
    const result = this.now(work)
    await this.#sync()
    return result
  }

  /** Like `commit`, but only as durable as the next commit. */
  now<T>(work: () => T): T {
    try {
      return this.database.transaction(work).immediate()
    } catch (error) {
      throw storageError(error)
    }
  }

  async close(): Promise<void> {
    await this.#sync()
    this.database.close()
    closeSync(this.#log)
  }

  /** A sync that began before the commit does not cover it: then the next one, shared by all who wait. */
  #sync(): Promise<void> {
    if (this.#running === null) return this.#start()
    this.#waiting ??= this.#running.catch(() => {}).then(() => this.#start())
    return this.#waiting
  }

  async #start(): Promise<void> {
    this.#waiting = null
    const run = datasync(this.#log)
    this.#running = run
    try {
      await run
    } catch (error) {
      throw storageError(error)
    } finally {
      if (this.#running === run) this.#running = null
    }
  }
}
