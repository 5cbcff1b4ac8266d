import type { Knex } from 'knex'

/** Users, groups, roles, policies and what else is kept as a document; access keys that end, and their last use. */
export async function directory(schema: Knex.SchemaBuilder): Promise<void> {
  await schema
    .createTable('directory', (table) => {
      table.text('kind').notNullable()
      table.text('id').notNullable()
      table.text('document').notNullable()
      table.primary(['kind', 'id'])
    })
    .alterTable('access_keys', (table) => {
      table.bigInteger('expires_at').index()
      table.bigInteger('last_used_at')
      table.text('last_used_service')
      table.text('session')
    })
}
