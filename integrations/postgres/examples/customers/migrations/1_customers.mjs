export const up = (db) =>
  db.schema.createTable('customers', (table) => {
    table.increments()
    table.text('email').notNullable().unique()
    table.jsonb('address')
  })

export const down = (db) => db.schema.dropTable('customers')
