import type { Knex } from 'knex'

/** Tags, bindings, what versions came from, when imported material ends, and the claims of jobs. */
export async function managedLife(schema: Knex.SchemaBuilder): Promise<void> {
  await schema
    .alterTable('keys', (table) => {
      table.bigInteger('material_expires_at')
      table.index(['next_rotation_at'])
      table.index(['deletion_at'])
      table.index(['material_expires_at'])
    })
    .alterTable('key_versions', (table) => {
      table.text('cause').notNullable().defaultTo('created')
    })
    .createTable('tags', (table) => {
      table.text('key_id').notNullable().references('keys.id').onDelete('CASCADE')
      table.text('name').notNullable()
      table.text('value').notNullable()
      table.primary(['key_id', 'name'])
      table.index(['name', 'value'])
    })
    .createTable('bindings', (table) => {
      table.text('key_id').notNullable().references('keys.id').onDelete('CASCADE')
      table.text('product').notNullable()
      table.text('resource').notNullable()
      table.primary(['key_id', 'product', 'resource'])
    })
    .createTable('claims', (table) => {
      table.text('job').primary()
      table.text('holder').notNullable()
      table.bigInteger('until').notNullable()
    })
}
