import { randomUUID } from 'node:crypto'
import type { KeyEvent } from '@hufu/wire'
import knex, { type Knex } from 'knex'
import { appendPlaced } from './audit-place.ts'
import type { Database } from './database.ts'
import { PostgresListener } from './postgres-listener.ts'
import { silent } from './silent-log.ts'

/** `hufu` as a number: the advisory lock of opening, in the database that the store has to itself. */
const OPENING_LOCK = 0x68756675

/** The scale-out database: many processes share it, and hear of each other's changes. */
export async function postgresDatabase(url: string): Promise<Database> {
  const db = knex({ client: 'pg', connection: url, pool: { min: 0, max: 10, afterCreate: configure }, log: silent })
  const source = randomUUID()
  const listener = new PostgresListener(url, source)
  let closing: Promise<void> | null = null
  return {
    knex: db,
    sole: false,
    async first(sql, bindings) {
      const { rows } = await db.raw(sql, bindings)
      return rows[0] ?? null
    },
    durable: async () => {},
    // What the server keeps of deleted rows, and for how long, is its operator's: vacuum, log archives.
    scrub: async () => {},
    alone: (work) => underLock(db, work),
    async appendAudit(place, records) {
      await db.transaction((transaction) => appendPlaced(transaction, place, records))
    },
    announce: (transaction, event) => announce(transaction, source, event),
    listen: (heard) => listener.start(heard),
    get hearsOthers() {
      return listener.connected
    },
    close: () => {
      closing ??= listener.close().then(() => db.destroy())
      return closing
    },
  }
}

interface Connection {
  query(sql: string, done: (error: Error | null) => void): void
}

/** Nothing is answered before the server has it on its disk, whatever its configuration says. */
function configure(connection: Connection, done: (error: Error | null, connection: unknown) => void): void {
  connection.query('set synchronous_commit = on', (error) => done(error, connection))
}

async function underLock<T>(db: Knex, work: () => Promise<T>): Promise<T> {
  return db.transaction(async (transaction) => {
    await transaction.raw('select pg_advisory_xact_lock(?)', [OPENING_LOCK])
    return work()
  })
}

async function announce(transaction: Knex, source: string, event: KeyEvent): Promise<void> {
  await transaction.raw('select pg_notify(?, ?)', [PostgresListener.CHANNEL, JSON.stringify({ source, ...event })])
}
