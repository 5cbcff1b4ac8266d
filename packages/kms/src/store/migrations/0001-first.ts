import type { Knex } from 'knex'

/** Keys, versions, aliases, access keys, the audit and the store's settings. */
export async function first(schema: Knex.SchemaBuilder): Promise<void> {
  await schema
    .createTable('settings', (table) => {
      table.text('name').primary()
      table.text('value').notNullable()
    })
    .createTable('keys', (table) => {
      table.text('id').primary()
      table.text('description').notNullable()
      table.text('state').notNullable()
      table.text('spec').notNullable()
      table.text('use').notNullable()
      table.text('origin').notNullable()
      table.text('protection').notNullable()
      table.text('creator').notNullable()
      table.bigInteger('created_at').notNullable()
      table.integer('version').notNullable()
      table.integer('rotation_days')
      table.bigInteger('next_rotation_at')
      table.bigInteger('last_rotated_at')
      table.bigInteger('deletion_at')
      table.index(['created_at', 'id'])
    })
    .createTable('key_versions', (table) => {
      table.text('key_id').notNullable().references('keys.id').onDelete('CASCADE')
      table.integer('version').notNullable()
      table.binary('wrapped').notNullable()
      table.binary('public_key')
      table.bigInteger('created_at').notNullable()
      table.binary('binding').notNullable()
      table.primary(['key_id', 'version'])
    })
    .createTable('aliases', (table) => {
      table.text('name').primary()
      table.text('key_id').notNullable().references('keys.id').onDelete('CASCADE')
      table.bigInteger('created_at').notNullable()
      table.index(['key_id', 'created_at', 'name'])
    })
    .createTable('access_keys', (table) => {
      table.text('id').primary()
      table.text('principal').notNullable().index()
      table.binary('sealed_secret').notNullable()
      table.boolean('active').notNullable()
      table.bigInteger('created_at').notNullable()
    })
    .createTable('audit', (table) => {
      table.bigIncrements('sequence')
      table.bigInteger('at').notNullable()
      table.text('action').notNullable()
      table.text('principal')
      table.text('key')
      table.text('outcome').notNullable()
      table.text('record').notNullable()
    })
}
