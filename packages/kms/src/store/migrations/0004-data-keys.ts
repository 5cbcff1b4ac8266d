import type { Knex } from 'knex'

/** Data keys that the service keeps. */
export async function dataKeys(schema: Knex.SchemaBuilder): Promise<void> {
  await schema.createTable('data_keys', (table) => {
    table.text('id').primary()
    table.text('name').notNullable().unique()
    table.text('key_id').notNullable().index()
    table.text('description').notNullable()
    table.text('state').notNullable()
    table.integer('size').notNullable()
    table.text('origin').notNullable()
    table.text('creator').notNullable()
    table.bigInteger('created_at').notNullable()
    table.bigInteger('deletion_at').index()
    table.binary('ciphertext').notNullable()
    table.index(['created_at', 'id'])
  })
}
