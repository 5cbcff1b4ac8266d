import type { Knex } from 'knex'

interface Grant {
  readonly id: string
  readonly token: string
  readonly retiring: string | null
  readonly createdAt: number
}

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
    const { keyId, grants }: { readonly keyId: string; readonly grants: readonly Grant[] } = JSON.parse(
      String(document),
    )
    for (const grant of grants) await db('grants').insert(rowOf({ ...grant, keyId }))
  }
  await db('directory').where({ kind: 'grants' }).delete()
}

/** As it was when the table was made, whatever it is later. */
const rowOf = (grant: Grant & { readonly keyId: string }) => ({
  id: grant.id,
  key_id: grant.keyId,
  token: grant.token,
  retiring: grant.retiring,
  created_at: grant.createdAt,
  document: JSON.stringify(grant),
})
