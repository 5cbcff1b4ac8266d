import type { Knex } from 'knex'
import { readDataKey } from './data-keys.ts'
import { grantByToken, grantsOf } from './grants.ts'
import { toAccessKey, toImportToken, toKey, toVersion } from './rows.ts'
import type { Reads } from './store.ts'

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
  async rotationsOnDemand(keyId, after) {
    const made = db('key_versions').where({ key_id: keyId, cause: 'on demand' }).where('created_at', '>', after)
    return Number((await made.count({ count: '*' }).first())?.count ?? 0)
  },
  async tags(keyId) {
    const rows = await db('tags').where({ key_id: keyId }).orderBy('name').select('name', 'value')
    return Object.fromEntries(rows.map(({ name, value }) => [String(name), String(value)]))
  },
  async bindings(keyId) {
    const rows = await db('bindings').where({ key_id: keyId }).orderBy(['product', 'resource'])
    return rows.map(({ product, resource }) => ({ product: String(product), resource: String(resource) }))
  },
  async importToken(id) {
    const row = await db('import_tokens').where({ id }).first()
    return row === undefined ? null : toImportToken(row)
  },
  dataKey: (id) => readDataKey(db, id),
  grants: (keyId) => grantsOf(db, keyId),
  grantByToken: (token) => grantByToken(db, token),
  async accessKey(id) {
    const row = await db('access_keys').where({ id }).first()
    return row === undefined ? null : toAccessKey(row)
  },
  async accessKeysOf(principal) {
    return (await db('access_keys').where({ principal }).orderBy(['created_at', 'id'])).map(toAccessKey)
  },
  async entry(kind, id) {
    const query = db('directory').where({ kind, id }).first('document')
    const row = await (db.isTransaction ? query.forUpdate() : query)
    return row === undefined ? null : String(row.document)
  },
  async entries(kind) {
    const rows = await db('directory').where({ kind }).orderBy('id').select('document')
    return rows.map(({ document }) => String(document))
  },
  async entriesAfter(kind, after, limit) {
    const rows = await db('directory').where({ kind }).where('id', '>', after).orderBy('id').limit(limit)
    return rows.map(({ id, document }) => ({ id: String(id), document: String(document) }))
  },
  async setting(name) {
    const row = await db('settings').where({ name }).first('value')
    return row === undefined ? null : String(row.value)
  },
})

/** Keys, each with its oldest alias. */
export const keysWithAlias = (db: Knex) =>
  db('keys').select('keys.*', {
    alias: db('aliases').select('name').whereRaw('key_id = keys.id').orderBy(['created_at', 'name']).limit(1),
  })
