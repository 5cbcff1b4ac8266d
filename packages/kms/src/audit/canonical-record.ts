import type { AuditRecord, LoggedRecord } from './audit-record.ts'
import { canonicalJson, type Json } from './canonical-json.ts'

/** Where a record comes to stand. */
export interface RecordPlace {
  readonly log: number
  readonly index: number
  readonly recordedAt: number
}

/** The canonical text of a record in its place (docs/formats/audit-log.md). */
export const canonicalRecord = (record: AuditRecord, { log, index, recordedAt }: RecordPlace): string =>
  canonicalJson({ ...record, log, index, recordedAt } satisfies LoggedRecord as unknown as Json)
