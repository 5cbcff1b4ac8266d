import type { Knex } from 'knex'
import type { GrantEntry } from '../../directory/entry.ts'
import { grantRow } from '../grants.ts'

/** Grants as rows, found by key, token and whoever may retire them; before, each key had one document of all. */
export async function grants(schema: Knex.SchemaBuilder, db: Knex): Promise<void> {
  await schema.createTable('grants', (table) => {
    table.text('id').primary()
    table.text('key_id').notNullable().index()
    table.text('token').notNullable().index()
    table.text('retiring')
    table.bigInteger('created_at').notNullable()
    table.text('document').notNullable()
    table.index(['retiring', 'id'])
  })
  const documents = await db('directory').where({ kind: 'grants' }).select('document')
  for (const { document } of documents) {
    const of: { readonly keyId: string; readonly grants: readonly GrantEntry[] } = JSON.parse(String(document))
    for (const grant of of.grants) await db('grants').insert(grantRow({ ...grant, keyId: of.keyId }))
  }
  await db('directory').where({ kind: 'grants' }).delete()
}
