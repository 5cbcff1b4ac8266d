import type SqliteConnection from 'better-sqlite3'
import type { AuditRecord } from '../audit/audit-record.ts'
import { placedRows } from './placed-rows.ts'

/** Bindings: count, time, time, log. */
const TAKE_PLACES = `update audit_logs set size = size + ?,
    recorded_at = case when recorded_at > ? then recorded_at else ? end
  where log = ? returning size, recorded_at`

const INSERT = `insert into audit (at, action, principal, key, outcome, source_ip, request_id, log, position, record)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** One batch in one transaction, recorded at `now`. */
export type AuditInsert = (log: number, now: number, records: readonly AuditRecord[]) => void

const prepared = new WeakMap<SqliteConnection.Database, AuditInsert>()

/** The ready statements of a connection. */
export function auditInsert(connection: SqliteConnection.Database): AuditInsert {
  const known = prepared.get(connection) ?? prepare(connection)
  prepared.set(connection, known)
  return known
}

function prepare(connection: SqliteConnection.Database): AuditInsert {
  const take = connection.prepare<unknown[], { size: number; recorded_at: number }>(TAKE_PLACES)
  const statement = connection.prepare(INSERT)
  return connection.transaction((log, now, records) => {
    const taken = take.get(records.length, now, now, log)
    for (const row of placedRows(records, log, taken))
      statement.run(
        row.at,
        row.action,
        row.principal,
        row.key,
        row.outcome,
        row.source_ip,
        row.request_id,
        row.log,
        row.position,
        row.record,
      )
  })
}
