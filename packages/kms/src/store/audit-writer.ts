import type SqliteConnection from 'better-sqlite3'
import type { Knex } from 'knex'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { TreeState } from '../audit/merkle/frontier.ts'
import { auditInsert } from './audit-insert.ts'
import { type AuditLogs, knexAuditLogs } from './audit-logs.ts'
import type { AuditPlace } from './audit-place.ts'
import { AuditThreadHandle } from './audit-thread-handle.ts'

/** Records from which on a batch is worth the way to the thread, and the first such one its start. */
const WORTH_A_THREAD = 16

/**
 * Writes the audit of an embedded store: small batches at once, those of a busy service in a thread of their own. Who
 * writes has the one connection meanwhile, so that the thread's connection and this one never wait for each other.
 */
export class AuditWriter {
  readonly #db: Knex
  readonly #file: string
  readonly #logs: AuditLogs
  #thread: AuditThreadHandle | null | undefined

  constructor(db: Knex, file: string) {
    this.#db = db
    this.#file = file
    this.#logs = knexAuditLogs(db)
  }

  /** Commits one batch, which is not durable yet. */
  async insert({ log, clock }: AuditPlace, records: readonly AuditRecord[]): Promise<void> {
    const connection: SqliteConnection.Database = await this.#db.client.acquireConnection()
    try {
      const thread = records.length < WORTH_A_THREAD ? null : this.#started()
      if (thread === null) auditInsert(connection)(log, clock(), records)
      else await thread.ask({ kind: 'insert', log, now: clock(), records })
    } finally {
      await this.#db.client.releaseConnection(connection)
    }
  }

  /** As `AuditLogs` says; in the thread when it runs. */
  async grownTree(log: number, tree: TreeState, limit: number): Promise<TreeState> {
    if (this.#thread?.running !== true) return this.#logs.grownTree(log, tree, limit)
    const { size, roots } = tree
    return (await this.#thread.ask({ kind: 'grow', log, tree: { size, roots }, limit })).tree ?? tree
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#thread?.close()
  }

  /** Null until it runs. */
  #started(): AuditThreadHandle | null {
    if (this.#thread === undefined) this.#thread = AuditThreadHandle.start(this.#file)
    return this.#thread?.running === true ? this.#thread : null
  }
}
