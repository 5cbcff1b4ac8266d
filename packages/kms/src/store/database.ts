import type { KeyEvent } from '@hufu/wire'
import type { Knex } from 'knex'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { TreeState } from '../audit/merkle/frontier.ts'
import type { AuditPlace } from './audit-place.ts'
import type { Row } from './rows.ts'

/** What the two databases do differently. */
export interface Database {
  readonly knex: Knex
  /** No other process can have this store. */
  readonly sole: boolean
  /** The first row of one of a few fixed queries, or null. What is not committed is not seen. */
  first(sql: string, bindings: readonly Knex.Value[]): Promise<Row | null>
  /** One batch, in one transaction of its own, durable; `written` as in the store. */
  appendAudit(place: AuditPlace, records: readonly AuditRecord[], written?: () => void): Promise<void>
  /** As in the store, where it is not done with the rows that a query gives. */
  grownTree?(log: number, tree: TreeState, limit: number): Promise<TreeState>
  /** Resolves when everything committed so far survives a crash. */
  durable(): Promise<void>
  /** What was deleted is overwritten on the disk too, as far as the database itself keeps it. */
  scrub(): Promise<void>
  /** Runs while no other process of this store does. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Tells the other processes of this store, when the transaction commits. */
  announce(transaction: Knex, event: KeyEvent): Promise<void>
  /** Calls the listener for what other processes announce. Once. */
  listen(listener: (event: KeyEvent) => void): Promise<void>
  /** False while announcements of others may be missed. */
  readonly hearsOthers: boolean
  close(): Promise<void>
}
