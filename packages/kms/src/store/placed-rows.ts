import type { AuditRecord } from '../audit/audit-record.ts'
import { canonicalRecord } from '../audit/canonical-record.ts'

/** What a log has come to when places in it were taken. */
interface Taken {
  readonly size: unknown
  readonly recorded_at: unknown
}

/** The rows of records that come to stand at the end of what was taken. The columns that a filter asks for stand beside the text. */
export function placedRows(records: readonly AuditRecord[], log: number, taken: Taken | undefined) {
  if (taken === undefined) throw new TypeError(`expected the audit log ${log} to be there`)
  const first = Number(taken.size) - records.length
  const recordedAt = Number(taken.recorded_at)
  return records.map((record, offset) => ({
    at: record.at,
    action: record.action,
    principal: record.principal,
    key: record.key,
    outcome: record.outcome,
    source_ip: record.sourceIp,
    request_id: record.requestId,
    log,
    position: first + offset,
    record: canonicalRecord(record, { log, index: first + offset, recordedAt }),
  }))
}
