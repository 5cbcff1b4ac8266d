import { setImmediate } from 'node:timers/promises'
import { keyIdOfArn } from '@hufu/wire'
import type { Knex } from 'knex'
import { type KeyUse, usingActions } from '../key/key-use.ts'
import type { Row } from './rows.ts'

/** Records that are looked through in one query: of an embedded database nothing else is done meanwhile. */
const SLICE = 1_000
/** Slices after which what was found is written. */
const SLICES_PER_WRITE = 100
const ROWS_PER_INSERT = 500

type Uses = Map<string, KeyUse>

/** Null when the key was not used, as far as the audit was followed. */
export async function keyUse(db: Knex, keyId: string): Promise<KeyUse | null> {
  const row = await db('key_uses').where({ key_id: keyId }).first()
  return row === undefined ? null : toUse(row)
}

/** Since when uses are known, milliseconds since the epoch; 0 when since ever. */
export async function keyUsesSince(db: Knex): Promise<number> {
  const row = await db('settings').where({ name: 'key uses since' }).first('value')
  return Number(row?.value ?? 0)
}

/**
 * Reads each log of the audit from where it was left off to its end, and keeps each key's last use. Idempotent: two
 * that follow one log at once come to the same.
 */
export async function followKeyUses(db: Knex): Promise<void> {
  const logs = await db('audit_logs as logs')
    .leftJoin('key_use_cursors as cursors', 'cursors.log', 'logs.log')
    .whereRaw('coalesce(cursors.position, 0) < logs.size')
    .select('logs.log', 'logs.size', 'logs.cut_size', 'cursors.position')
  for (const { log, size, cut_size, position } of logs)
    await followLog(db, Number(log), Math.max(Number(position ?? 0), Number(cut_size)), Number(size))
}

async function followLog(db: Knex, log: number, from: number, size: number): Promise<void> {
  let uses: Uses = new Map()
  for (let at = from, slices = 1; at < size; at += SLICE, slices += 1) {
    const to = Math.min(at + SLICE, size)
    for (const row of await usesBetween(db, log, at, to)) note(uses, keyIdOfArn(String(row.key)), toUse(row))
    if (slices % SLICES_PER_WRITE === 0 || to === size) {
      await keep(db, log, to, uses)
      uses = new Map()
    }
    await setImmediate()
  }
}

/** Of each key the last one between two positions: found inside the database, since most records are of few keys. */
const usesBetween = (db: Knex, log: number, from: number, to: number): Promise<readonly Row[]> =>
  db('audit')
    .where({ log })
    .whereIn('position', (last) =>
      last
        .from('audit')
        .where({ log, outcome: 'ok' })
        .where('position', '>=', from)
        .where('position', '<', to)
        .whereIn('action', Object.keys(usingActions))
        .whereNotNull('key')
        .groupBy('key')
        .max('position'),
    )
    .select('key', 'action', 'at', 'request_id')

function note(uses: Uses, keyId: string, use: KeyUse): void {
  const before = uses.get(keyId)
  if (before === undefined || before.at <= use.at) uses.set(keyId, use)
}

/** Of keys that are still there. In the order of their ids, so that two that do so wait for each other in one order. */
async function keep(db: Knex, log: number, position: number, uses: Uses): Promise<void> {
  const ids = [...uses.keys()].sort()
  await db.transaction(async (transaction) => {
    for (let start = 0; start < ids.length; start += ROWS_PER_INSERT)
      await keepSome(transaction, ids.slice(start, start + ROWS_PER_INSERT), uses)
    const cursor = transaction('key_use_cursors').insert({ log, position }).onConflict('log').merge()
    await cursor.whereRaw('key_use_cursors.position < excluded.position')
  })
}

async function keepSome(db: Knex, ids: readonly string[], uses: Uses): Promise<void> {
  const keys = await db('keys').whereIn('id', ids).orderBy('id').select('id')
  const rows = keys.flatMap(({ id }) => {
    const use = uses.get(String(id))
    return use === undefined ? [] : [useRow(String(id), use)]
  })
  if (rows.length === 0) return
  await db('key_uses').insert(rows).onConflict('key_id').merge().whereRaw('key_uses.at <= excluded.at')
}

const toUse = ({ action, at, request_id }: Row): KeyUse => ({
  action: String(action),
  at: Number(at),
  requestId: String(request_id),
})

const useRow = (keyId: string, { action, at, requestId }: KeyUse): Row => ({
  key_id: keyId,
  action,
  at,
  request_id: requestId,
})
