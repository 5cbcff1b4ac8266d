import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type SqliteConnection from 'better-sqlite3'
import knex, { type Knex } from 'knex'
import type { AuditRecord } from '../audit/audit-record.ts'
import { type AuditPlace, placedRows, TAKE_PLACES } from './audit-place.ts'
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
  const close = async () => {
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
      await onConnection(db, (connection) => insertAudit(connection, place, records))
      written?.()
      await sync.durable()
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** Milliseconds that a query waits for its turn on the one connection. */
const PATIENCE = 10_000

function configure(connection: SqliteConnection.Database, done: (error: Error | null, connection: unknown) => void) {
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = NORMAL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('secure_delete = ON')
  done(null, connection)
}

/** The first write makes the log's file. */
async function startLog(db: Knex, path: string): Promise<WalSync> {
  await db.raw('pragma user_version = 1')
  return WalSync.open(path)
}

/** Raw statements wait for their turn on the one connection like every other query. */
async function onConnection(db: Knex, work: (connection: SqliteConnection.Database) => void): Promise<void> {
  const connection = await db.client.acquireConnection()
  try {
    work(connection)
  } finally {
    await db.client.releaseConnection(connection)
  }
}

const INSERT = `insert into audit (at, action, principal, key, outcome, source_ip, request_id, log, position, record)
  values (@at, @action, @principal, @key, @outcome, @source_ip, @request_id, @log, @position, @record)`

type Insert = (place: AuditPlace, records: readonly AuditRecord[]) => void

const statements = new WeakMap<SqliteConnection.Database, Insert>()

function insertAudit(connection: SqliteConnection.Database, place: AuditPlace, records: readonly AuditRecord[]): void {
  const insert = statements.get(connection) ?? prepareInsert(connection)
  insert(place, records)
}

function prepareInsert(connection: SqliteConnection.Database): Insert {
  const take = connection.prepare<unknown[], { size: number; recorded_at: number }>(TAKE_PLACES)
  const statement = connection.prepare(INSERT)
  const insert = connection.transaction(({ log, clock }: AuditPlace, records: readonly AuditRecord[]) => {
    const now = clock()
    const taken = take.get(records.length, now, now, log)
    for (const row of placedRows(records, log, taken)) statement.run(row)
  })
  statements.set(connection, insert)
  return insert
}
