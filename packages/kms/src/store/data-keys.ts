import { type HostedDataKeyQuery, HufuError, type Page } from '@hufu/wire'
import type { Knex } from 'knex'
import type { StoredDataKey } from '../data-key/data-key.ts'
import { containing } from './containing.ts'
import type { ListWalks } from './list-walks.ts'
import type { Row } from './rows.ts'
import { walkedPage } from './walked-page.ts'

const toDataKey = (row: Row): StoredDataKey => ({
  dataKeyId: String(row.id),
  name: String(row.name),
  keyId: String(row.key_id),
  description: String(row.description),
  state: row.state as StoredDataKey['state'],
  numberOfBytes: Number(row.size),
  origin: row.origin as StoredDataKey['origin'],
  creator: String(row.creator),
  createdAt: Number(row.created_at),
  deletionAt: row.deletion_at === null ? null : Number(row.deletion_at),
  ciphertext: row.ciphertext as Uint8Array,
})

const dataKeyRow = (dataKey: StoredDataKey): Row => ({
  id: dataKey.dataKeyId,
  name: dataKey.name,
  key_id: dataKey.keyId,
  description: dataKey.description,
  state: dataKey.state,
  size: dataKey.numberOfBytes,
  origin: dataKey.origin,
  creator: dataKey.creator,
  created_at: dataKey.createdAt,
  deletion_at: dataKey.deletionAt,
  ciphertext: Buffer.from(dataKey.ciphertext),
})

/** Inside a transaction the data key is locked until its end. */
export async function readDataKey(db: Knex, id: string): Promise<StoredDataKey | null> {
  const query = db('data_keys').where({ id }).first()
  const row = await (db.isTransaction ? query.forUpdate() : query)
  return row === undefined ? null : toDataKey(row)
}

/** Throws `DataKeyNameAlreadyExists`. */
export async function insertDataKey(db: Knex, dataKey: StoredDataKey): Promise<void> {
  const made = await db('data_keys').insert(dataKeyRow(dataKey)).onConflict('name').ignore().returning('id')
  if (made.length === 0) throw taken(dataKey.name)
}

/** Throws `DataKeyNameAlreadyExists`. */
export async function updateDataKey(db: Knex, dataKey: StoredDataKey): Promise<void> {
  const other = await db('data_keys').where({ name: dataKey.name }).whereNot({ id: dataKey.dataKeyId }).first('id')
  if (other !== undefined) throw taken(dataKey.name)
  await db('data_keys').where({ id: dataKey.dataKeyId }).update(dataKeyRow(dataKey))
}

/** Destroys those whose time has come, and gives their ids. */
export async function deleteDueDataKeys(db: Knex, now: number): Promise<readonly string[]> {
  const rows = await db('data_keys').where('deletion_at', '<=', now).forUpdate().select('id')
  const ids = rows.map(({ id }) => String(id))
  await db('data_keys').whereIn('id', ids).delete()
  return ids
}

export async function listDataKeys(db: Knex, query: HostedDataKeyQuery & Required<Page>, walks: ListWalks) {
  const page = { db, table: 'data_keys', walks }
  const { rows, totalCount } = await walkedPage(page, query, db('data_keys'), (dataKeys) => filter(dataKeys, query))
  return { dataKeys: rows.map(toDataKey), totalCount }
}

function filter(dataKeys: Knex.QueryBuilder, query: HostedDataKeyQuery): void {
  if (query.states !== undefined) dataKeys.whereIn('state', query.states)
  if (query.origin !== undefined) dataKeys.where('origin', query.origin)
  if (query.keyId !== undefined) dataKeys.where('key_id', query.keyId)
  if (query.numberOfBytes !== undefined) dataKeys.where('size', query.numberOfBytes)
  if (query.nameContains !== undefined) dataKeys.whereRaw(...containing('name', query.nameContains))
}

const taken = (name: string): HufuError =>
  new HufuError('DataKeyNameAlreadyExists', `expected a new name of a data key, received ${name}`)
