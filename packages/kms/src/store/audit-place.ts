import type { Knex } from 'knex'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { Clock } from '../clock.ts'
import type { Database } from './database.ts'
import { placedRows } from './placed-rows.ts'

/** The log that this process writes, and its clock. */
export interface AuditPlace {
  readonly log: number
  readonly clock: Clock
}

/** An embedded store has one log; each process of a shared one begins its own, with the next number. */
export async function openLog({ knex, sole, durable }: Database): Promise<number> {
  const newest = await knex('audit_logs').max({ log: 'log' }).first()
  const log = Number(newest?.log ?? 0)
  if (sole && log > 0) return log
  await knex('audit_logs').insert({ log: log + 1, size: 0, recorded_at: 0 })
  await durable()
  return log + 1
}

/** Far below the 65,535 parameters of one statement. */
const ROWS_PER_INSERT = 1_000

/**
 * Appends within a transaction of either database: takes the next places of the log, until the end of the transaction.
 * A record's time never goes back: it stands still while the clock is behind.
 */
export async function appendPlaced(
  transaction: Knex,
  { log, clock }: AuditPlace,
  records: readonly AuditRecord[],
): Promise<void> {
  const now = clock()
  const taken = await transaction('audit_logs')
    .where({ log })
    .update({
      size: transaction.raw('size + ?', [records.length]),
      recorded_at: transaction.raw('case when recorded_at > ? then recorded_at else ? end', [now, now]),
    })
    .returning(['size', 'recorded_at'])
  const rows = placedRows(records, log, taken[0])
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT)
    await transaction('audit').insert(rows.slice(start, start + ROWS_PER_INSERT))
}
