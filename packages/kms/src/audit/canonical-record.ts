import type { AuditRecord, LoggedRecord } from './audit-record.ts'
import { canonicalJson, type Json } from './canonical-json.ts'

/** Where a record comes to stand. */
export interface RecordPlace {
  readonly log: number
  readonly index: number
  readonly recordedAt: number
}

/** Every name of a record, in the order of the canonical form. */
const NAMES = Object.keys({
  accessKeyId: 0,
  action: 0,
  at: 0,
  context: 0,
  detail: 0,
  index: 0,
  key: 0,
  log: 0,
  outcome: 0,
  principal: 0,
  recordedAt: 0,
  requestId: 0,
  service: 0,
  sourceIp: 0,
  userAgent: 0,
  via: 0,
} satisfies Record<keyof LoggedRecord, 0>) as readonly (keyof LoggedRecord)[]

/** What JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/

/** The canonical text of a record in its place (docs/formats/audit-log.md), as `canonicalJson` writes it, but faster. */
export function canonicalRecord(record: AuditRecord, { log, index, recordedAt }: RecordPlace): string {
  const logged: LoggedRecord = { ...record, log, index, recordedAt }
  let text = '{'
  for (const name of NAMES) {
    const value = logged[name]
    if (value !== undefined) text += `${text === '{' ? '' : ','}"${name}":${valueText(value)}`
  }
  return `${text}}`
}

const valueText = (value: Exclude<LoggedRecord[keyof LoggedRecord], undefined>): string =>
  typeof value === 'string' && PLAIN.test(value) ? `"${value}"` : canonicalJson(value as Json)
