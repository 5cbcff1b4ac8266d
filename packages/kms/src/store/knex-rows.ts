import { HufuError } from '@hufu/wire'
import type { Knex } from 'knex'
import type { AuditFilter } from '../audit/audit-record.ts'
import { accessKeyRow, auditRow, keyRow, toAccessKey, toAuditRecord, toKey, toVersion, versionRow } from './rows.ts'
import type { KeyQuery, Reads, Writes } from './store.ts'

const MAX_RECORDS = 1_000

/** The reads of the store over a pool or a transaction. */
export const knexReads = (db: Knex): Reads => ({
  async key(id) {
    const query = keysWithAlias(db).where('keys.id', id).first()
    const row = await (db.isTransaction ? query.forUpdate('keys') : query)
    return row === undefined ? null : toKey(row)
  },
  async keyIdOfAlias(alias) {
    const row = await db('aliases').where({ name: alias }).first('key_id')
    return row === undefined ? null : String(row.key_id)
  },
  async version(keyId, version) {
    const row = await db('key_versions').where({ key_id: keyId, version }).first()
    return row === undefined ? null : toVersion(row)
  },
  async accessKey(id) {
    const row = await db('access_keys').where({ id }).first()
    return row === undefined ? null : toAccessKey(row)
  },
  async accessKeysOf(principal) {
    return (await db('access_keys').where({ principal }).orderBy(['created_at', 'id'])).map(toAccessKey)
  },
  async setting(name) {
    const row = await db('settings').where({ name }).first('value')
    return row === undefined ? null : String(row.value)
  },
})

/** The writes of the store in a transaction. */
export const knexWrites = (db: Knex): Writes => ({
  async insertKey(key) {
    await db('keys').insert(keyRow(key))
  },
  async updateKey(key) {
    await db('keys').where({ id: key.id }).update(keyRow(key))
  },
  async insertVersion(version) {
    await db('key_versions').insert(versionRow(version))
  },
  async insertAlias(alias, keyId, at) {
    const made = await db('aliases')
      .insert({ name: alias, key_id: keyId, created_at: at })
      .onConflict('name')
      .ignore()
      .returning('name')
    if (made.length === 0) throw new HufuError('AliasAlreadyExists', `expected a new alias, received ${alias}`)
  },
  async insertAccessKey(accessKey) {
    await db('access_keys').insert(accessKeyRow(accessKey))
  },
  async putSetting(name, value) {
    await db('settings').insert({ name, value }).onConflict('name').merge()
  },
  async appendAudit(record) {
    await db('audit').insert(auditRow(record))
  },
})

const keysWithAlias = (db: Knex) =>
  db('keys').select('keys.*', {
    alias: db('aliases').select('name').whereRaw('key_id = keys.id').orderBy(['created_at', 'name']).limit(1),
  })

export async function listKeys(db: Knex, { offset, limit }: KeyQuery) {
  const rows = await keysWithAlias(db).orderBy(['keys.created_at', 'keys.id']).offset(offset).limit(limit)
  const total = await db('keys').count({ count: '*' }).first()
  return { keys: rows.map(toKey), totalCount: Number(total?.count ?? 0) }
}

export async function listAudit(db: Knex, filter: AuditFilter) {
  const query = db('audit')
    .orderBy('sequence', filter.newestFirst === true ? 'desc' : 'asc')
    .limit(Math.min(filter.limit ?? MAX_RECORDS, MAX_RECORDS))
  for (const column of ['key', 'principal', 'action', 'outcome'] as const)
    if (filter[column] !== undefined) query.where(column, filter[column])
  if (filter.after !== undefined) query.where('sequence', '>', filter.after)
  if (filter.from !== undefined) query.where('at', '>=', filter.from)
  if (filter.to !== undefined) query.where('at', '<', filter.to)
  return (await query.select('sequence', 'record')).map(toAuditRecord)
}
