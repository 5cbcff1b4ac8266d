import { HufuError, type KeyEvent } from '@hufu/wire'
import type { Knex } from 'knex'
import { type AuditPlace, appendPlaced } from './audit-place.ts'
import { deleteDueDataKeys, insertDataKey, updateDataKey } from './data-keys.ts'
import { grantRow } from './grants.ts'
import { accessKeyRow, importTokenRow, keyRow, versionRow } from './rows.ts'
import type { Writes } from './store.ts'

/** The writes of the store in a transaction. */
export const knexWrites = (db: Knex, place: AuditPlace, announce: (event: KeyEvent) => Promise<void>): Writes => ({
  announce,
  async insertKey(key) {
    await db('keys').insert(keyRow(key))
  },
  async updateKey(key) {
    await db('keys').where({ id: key.id }).update(keyRow(key))
  },
  async deleteKey(id) {
    await db('directory').where({ kind: 'key-policy', id }).delete()
    await db('grants').where({ key_id: id }).delete()
    await db('key_uses').where({ key_id: id }).delete()
    await db('keys').where({ id }).delete()
  },
  async insertVersion(version) {
    await db('key_versions').insert(versionRow(version))
  },
  async deleteVersions(keyId) {
    await db('key_versions').where({ key_id: keyId }).delete()
  },
  async insertAlias(alias, keyId, at) {
    const alone = { name: alias, key_id: keyId, created_at: at }
    const made = await db('aliases').insert(alone).onConflict('name').ignore().returning('name')
    if (made.length === 0) throw new HufuError('AliasAlreadyExists', `expected a new alias, received ${alias}`)
  },
  async moveAlias(alias, keyId) {
    await db('aliases').where({ name: alias }).update({ key_id: keyId })
  },
  async deleteAlias(alias) {
    return (await db('aliases').where({ name: alias }).delete()) > 0
  },
  async deleteAliasesOf(keyId) {
    await db('aliases').where({ key_id: keyId }).delete()
  },
  async putTags(keyId, tags) {
    const rows = Object.entries(tags).map(([name, value]) => ({ key_id: keyId, name, value }))
    if (rows.length > 0) await db('tags').insert(rows).onConflict(['key_id', 'name']).merge()
  },
  async deleteTags(keyId, names) {
    await db('tags').where({ key_id: keyId }).whereIn('name', names).delete()
  },
  async putBinding(keyId, { product, resource }) {
    const columns = ['key_id', 'product', 'resource']
    await db('bindings').insert({ key_id: keyId, product, resource }).onConflict(columns).ignore()
  },
  async deleteBinding(keyId, { product, resource }) {
    return (await db('bindings').where({ key_id: keyId, product, resource }).delete()) > 0
  },
  async insertImportToken(token) {
    await db('import_tokens').insert(importTokenRow(token))
  },
  async deleteImportToken(id) {
    await db('import_tokens').where({ id }).delete()
  },
  async deleteImportTokens(expiredBefore) {
    await db('import_tokens').where('expires_at', '<', expiredBefore).delete()
  },
  insertDataKey: (dataKey) => insertDataKey(db, dataKey),
  updateDataKey: (dataKey) => updateDataKey(db, dataKey),
  deleteDueDataKeys: (now) => deleteDueDataKeys(db, now),
  async insertGrant(grant) {
    await db('grants').insert(grantRow(grant))
  },
  async deleteGrant(keyId, id) {
    return (await db('grants').where({ key_id: keyId, id }).delete()) > 0
  },
  async updateAccessKey(accessKey) {
    await db('access_keys').where({ id: accessKey.id }).update(accessKeyRow(accessKey))
  },
  async deleteAccessKey(id) {
    await db('access_keys').where({ id }).delete()
  },
  async deleteEndedAccessKeys(now) {
    await db('access_keys').where('expires_at', '<', now).delete()
  },
  async putEntry(kind, id, document) {
    await db('directory').insert({ kind, id, document }).onConflict(['kind', 'id']).merge()
  },
  async deleteEntry(kind, id) {
    await db('directory').where({ kind, id }).delete()
  },
  async insertAccessKey(accessKey) {
    await db('access_keys').insert(accessKeyRow(accessKey))
  },
  async keepSetting(name, value) {
    await db('settings').insert({ name, value }).onConflict('name').ignore()
    const kept = await db('settings').where({ name }).first('value')
    return String(kept.value)
  },
  async appendAudit(record) {
    await appendPlaced(db, place, [record])
  },
})
