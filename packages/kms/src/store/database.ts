import type { Knex } from 'knex'
import type { AuditRecord } from '../audit/audit-record.ts'

/** What the two databases do differently. */
export interface Database {
  readonly knex: Knex
  /** One batch, in one transaction of its own. */
  appendAudit(records: readonly AuditRecord[]): Promise<void>
  /** Resolves when everything committed so far survives a crash. */
  durable(): Promise<void>
  /** Runs while no other process of this store does. */
  alone<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}
