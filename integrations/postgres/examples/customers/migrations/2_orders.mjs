export const up = (db) =>
  db.schema.createTable('orders', (table) => {
    table.increments()
    table.integer('customer_id').notNullable().references('customers.id')
    table.integer('cents').notNullable()
  })

export const down = (db) => db.schema.dropTable('orders')
