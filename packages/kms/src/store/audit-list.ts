import { setImmediate } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { AuditFilter, StoredAuditRecord } from '../audit/audit-record.ts'
import { toAuditRecord } from './rows.ts'

const MAX_RECORDS = 1_000
/** Records that are looked through in one query: of an embedded database nothing else is done meanwhile. */
const SLICE = 2_000

/**
 * Only sequence and time have an index: an index of key, principal or request costs each record more than all the rest
 * of its writing (docs/decisions/0407-audit-lookups.md). What else is asked for is looked for slice by slice.
 */
export async function listAudit(db: Knex, filter: AuditFilter): Promise<readonly StoredAuditRecord[]> {
  const limit = Math.min(filter.limit ?? MAX_RECORDS, MAX_RECORDS)
  const newestFirst = filter.newestFirst === true
  const { first, last } = await span(db, filter)
  const found: StoredAuditRecord[] = []
  for (let at = newestFirst ? last : first; at >= first && at <= last; at += newestFirst ? -SLICE : SLICE) {
    const slice = newestFirst ? [at - SLICE + 1, at] : [at, at + SLICE - 1]
    const rows = matching(db, filter)
      .whereBetween('sequence', [Math.max(slice[0] ?? 0, first), Math.min(slice[1] ?? 0, last)])
      .orderBy('sequence', newestFirst ? 'desc' : 'asc')
      .limit(limit - found.length)
    found.push(...(await rows.select('sequence', 'record')).map(toAuditRecord))
    if (found.length >= limit) break
    await setImmediate()
  }
  return found
}

/** The first and the last sequence that can match; the last is before the first when none can. */
async function span(db: Knex, { after, before, from, to }: AuditFilter): Promise<{ first: number; last: number }> {
  const query = () => {
    const records = db('audit')
    if (from !== undefined) records.where('at', '>=', from)
    if (to !== undefined) records.where('at', '<', to)
    return records
  }
  // Each by itself is one step into an index where no time is asked for; both in one query would be a scan.
  const least = await query().min({ sequence: 'sequence' }).first()
  const greatest = await query().max({ sequence: 'sequence' }).first()
  return {
    first: Math.max(Number(least?.sequence ?? 0), (after ?? -1) + 1),
    last: Math.min(Number(greatest?.sequence ?? -1), (before ?? Number.MAX_SAFE_INTEGER) - 1),
  }
}

function matching(db: Knex, filter: AuditFilter): Knex.QueryBuilder {
  const query = db('audit')
  for (const column of ['key', 'principal', 'action', 'outcome'] as const)
    if (filter[column] !== undefined) query.where(column, filter[column])
  if (filter.sourceIp !== undefined) query.where('source_ip', filter.sourceIp)
  if (filter.requestId !== undefined) query.where('request_id', filter.requestId)
  // With the plus the index of the time is left alone: the slice is found by its sequence.
  if (filter.from !== undefined) query.whereRaw('+at >= ?', [filter.from])
  if (filter.to !== undefined) query.whereRaw('+at < ?', [filter.to])
  return query
}
