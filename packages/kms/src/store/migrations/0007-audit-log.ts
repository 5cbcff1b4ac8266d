import type { Knex } from 'knex'

/** The audit's Merkle logs: where each record stands, and the checkpoints. Older records stand in none. */
export async function auditLogs(schema: Knex.SchemaBuilder): Promise<void> {
  await schema
    .alterTable('audit', (table) => {
      table.integer('log')
      table.bigInteger('position')
      table.text('source_ip')
      table.text('request_id')
      table.unique(['log', 'position'])
      table.index(['at'])
    })
    .createTable('audit_logs', (table) => {
      table.integer('log').primary()
      table.bigInteger('size').notNullable()
      table.bigInteger('recorded_at').notNullable()
      table.bigInteger('cut_size').notNullable().defaultTo(0)
    })
    .createTable('audit_checkpoints', (table) => {
      table.integer('log').notNullable()
      table.bigInteger('size').notNullable()
      table.bigInteger('at').notNullable()
      table.text('note').notNullable()
      table.text('frontier').notNullable()
      table.primary(['log', 'size'])
    })
}
