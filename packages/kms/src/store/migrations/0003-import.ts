import type { Knex } from 'knex'

/** The tokens of imports under way, and what tells whether material is the same again. */
export async function imports(schema: Knex.SchemaBuilder): Promise<void> {
  await schema
    .alterTable('keys', (table) => {
      table.text('material_check')
    })
    .createTable('import_tokens', (table) => {
      table.text('id').primary()
      table.text('key_id').notNullable().references('keys.id').onDelete('CASCADE')
      table.text('spec').notNullable()
      table.text('algorithm').notNullable()
      table.binary('wrapped').notNullable()
      table.bigInteger('expires_at').notNullable().index()
    })
}
