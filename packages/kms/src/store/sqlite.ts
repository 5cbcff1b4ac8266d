import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type SqliteConnection from 'better-sqlite3'
import knex, { type Knex } from 'knex'
import { AuditWriter } from './audit-writer.ts'
import { configureSqlite } from './configure-sqlite.ts'
import type { Database } from './database.ts'
import { silent } from './silent-log.ts'
import { SqliteReader } from './sqlite-reader.ts'
import { lockStore } from './store-lock.ts'
import { WalSync } from './wal-sync.ts'

/** The embedded database: one file, one process, one connection. Throws `StoreInUse` while another process has it. */
export async function sqliteDatabase(file: string): Promise<Database> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const lock = lockStore(`${file}.lock`)
  const db = knex({
    client: 'better-sqlite3',
    connection: { filename: file },
    useNullAsDefault: true,
    acquireConnectionTimeout: PATIENCE,
    log: silent,
    pool: { min: 1, max: 1, afterCreate: configure },
  })
  const sync = await startLog(db, `${file}-wal`)
  const reader = new SqliteReader(file)
  const writer = new AuditWriter(db, file)
  const close = async () => {
    await writer.close()
    reader.close()
    await db.destroy()
    await sync.close()
    lock.release()
  }
  let closing: Promise<void> | null = null
  return {
    knex: db,
    sole: true,
    first: async (sql, bindings) => reader.first(sql, bindings),
    durable: () => sync.durable(),
    // Deleted content is overwritten in the pages (secure_delete); this empties the log of their older forms.
    async scrub() {
      await db.raw('pragma wal_checkpoint(truncate)')
    },
    alone: (work) => work(),
    // No other process has this store.
    announce: async () => {},
    listen: async () => {},
    hearsOthers: true,
    async appendAudit(place, records, written) {
      await writer.insert(place, records)
      written?.()
      await sync.durable()
    },
    grownTree: (log, tree, limit) => writer.grownTree(log, tree, limit),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** Milliseconds that a query waits for its turn on the one connection. */
const PATIENCE = 10_000

function configure(connection: SqliteConnection.Database, done: (error: Error | null, connection: unknown) => void) {
  configureSqlite(connection)
  done(null, connection)
}

/** The first write makes the log's file. */
async function startLog(db: Knex, path: string): Promise<WalSync> {
  await db.raw('pragma user_version = 1')
  return WalSync.open(path)
}
