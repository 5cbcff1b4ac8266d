import type { KeyPlace, KeyQuery, Page, RotationEntry } from '@hufu/wire'
import type { Knex } from 'knex'
import type { Key, KeyVersion } from '../key/key.ts'
import { containing } from './containing.ts'
import type { ListWalks } from './list-walks.ts'
import { keysWithAlias } from './reads.ts'
import { toKey, toVersion } from './rows.ts'
import type { DueFor, StoredAlias, StoredAliasQuery } from './store.ts'
import { inOrder, walkedPage } from './walked-page.ts'

export async function listKeys(db: Knex, query: KeyQuery & Required<Page>, walks: ListWalks) {
  const page = { db, table: 'keys', walks }
  const { rows, totalCount } = await walkedPage(page, query, keysWithAlias(db), (keys) => filterKeys(keys, db, query))
  return { keys: rows.map(toKey), totalCount }
}

export async function keysAfter(db: Knex, place: KeyPlace | null, limit: number): Promise<readonly Key[]> {
  const after = place === null ? undefined : { createdAt: place.createdAt, id: place.keyId }
  return (await keysWithAlias(db).modify(inOrder, 'keys', 'asc', after).limit(limit)).map(toKey)
}

function filterKeys(keys: Knex.QueryBuilder, db: Knex, query: KeyQuery): void {
  if (query.states !== undefined) keys.whereIn('state', query.states)
  if (query.specs !== undefined) keys.whereIn('spec', query.specs)
  if (query.use !== undefined) keys.where('use', query.use)
  if (query.origin !== undefined) keys.where('origin', query.origin)
  if (query.aliasContains !== undefined)
    keys.whereIn(
      'keys.id',
      db('aliases')
        .select('key_id')
        .whereRaw(...containing('name', query.aliasContains)),
    )
  for (const { name, values } of query.tags ?? []) {
    const tagged = db('tags').select('key_id').where({ name })
    keys.whereIn('keys.id', values.length === 0 ? tagged : tagged.whereIn('value', values))
  }
}

export async function listAliases(
  db: Knex,
  { keyId, after, limit }: StoredAliasQuery,
): Promise<readonly StoredAlias[]> {
  const query = db('aliases').orderBy('name').limit(limit)
  if (keyId !== undefined) query.where({ key_id: keyId })
  if (after !== undefined) query.where('name', '>', after)
  return (await query).map((row) => ({
    alias: String(row.name),
    keyId: String(row.key_id),
    createdAt: Number(row.created_at),
  }))
}

export async function listVersions(db: Knex, keyId: string): Promise<readonly KeyVersion[]> {
  return (await db('key_versions').where({ key_id: keyId }).orderBy('version')).map(toVersion)
}

export async function listRotations(db: Knex, keyId: string): Promise<readonly RotationEntry[]> {
  const rows = await db('key_versions')
    .where({ key_id: keyId })
    .whereIn('cause', ['automatic', 'on demand'])
    .orderBy('version')
    .select('version', 'created_at', 'cause')
  return rows.map(({ version, created_at, cause }) => ({
    version: Number(version),
    at: Number(created_at),
    kind: cause as RotationEntry['kind'],
  }))
}

const dueColumns = {
  rotation: 'next_rotation_at',
  deletion: 'deletion_at',
  expiry: 'material_expires_at',
  sync: 'sync_at',
} as const satisfies Record<DueFor, string>

export async function dueKeys(db: Knex, what: DueFor, now: number, limit: number): Promise<readonly string[]> {
  const column = dueColumns[what]
  const rows = await db('keys').where(column, '<=', now).orderBy(column).limit(limit).select('id')
  return rows.map(({ id }) => String(id))
}
