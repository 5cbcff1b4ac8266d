import type { Knex } from 'knex'

/** What was answered to requests that change something, while a repeat of them can come. */
export async function firstAnswers(schema: Knex.SchemaBuilder): Promise<void> {
  await schema.createTable('first_answers', (table) => {
    table.text('id').primary()
    table.bigInteger('until').notNullable().index()
    table.binary('sealed')
  })
}
