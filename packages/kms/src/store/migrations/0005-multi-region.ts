import type { Knex } from 'knex'

/** Which regions have a key, and when they are to be told of a change. */
export async function multiRegion(schema: Knex.SchemaBuilder): Promise<void> {
  await schema.alterTable('keys', (table) => {
    table.text('multi_region')
    table.bigInteger('sync_at')
    table.index(['sync_at'])
  })
}
