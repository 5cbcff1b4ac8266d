import type { Knex } from 'knex'

/** The last use of each key, and how far each log of the audit was read for it. */
export async function keyUses(schema: Knex.SchemaBuilder, db: Knex): Promise<void> {
  await schema
    .createTable('key_uses', (table) => {
      table.text('key_id').primary()
      table.text('action').notNullable()
      table.bigInteger('at').notNullable()
      table.text('request_id').notNullable()
    })
    .createTable('key_use_cursors', (table) => {
      table.integer('log').primary()
      table.bigInteger('position').notNullable()
    })
  const since = await trackedSince(db)
  if (since !== null) await db('settings').insert({ name: 'key uses since', value: String(since) })
}

/** When the audit is not there from the first record on: the time of the oldest one that can be read. */
async function trackedSince(db: Knex): Promise<number | null> {
  const cut = await db('audit_logs').where('cut_size', '>', 0).first('log')
  const unplaced = await db('audit').whereNull('log').first('sequence')
  if (cut === undefined && unplaced === undefined) return null
  const oldest = await db('audit').whereNotNull('log').min({ at: 'at' }).first()
  return oldest?.at === null || oldest?.at === undefined ? Date.now() : Number(oldest.at)
}
