import type { Knex } from 'knex'
import type { GrantEntry } from '../directory/entry.ts'
import type { Row } from './rows.ts'

export const grantRow = (grant: GrantEntry): Row => ({
  id: grant.id,
  key_id: grant.keyId,
  token: grant.token,
  retiring: grant.retiring,
  created_at: grant.createdAt,
  document: JSON.stringify(grant),
})

const toGrant = ({ document }: Row): GrantEntry => JSON.parse(String(document))

/** In the order of their making. */
export async function grantsOf(db: Knex, keyId: string): Promise<readonly GrantEntry[]> {
  return (await db('grants').where({ key_id: keyId }).orderBy(['created_at', 'id']).select('document')).map(toGrant)
}

export async function grantByToken(db: Knex, token: string): Promise<GrantEntry | null> {
  const row = await db('grants').where({ token }).first('document')
  return row === undefined ? null : toGrant(row)
}

/** In the order of their ids. */
export async function retirableGrants(
  db: Knex,
  retiring: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly GrantEntry[]> {
  const query = db('grants').where({ retiring }).orderBy('id').limit(limit).select('document')
  if (after !== undefined) query.where('id', '>', after)
  return (await query).map(toGrant)
}
