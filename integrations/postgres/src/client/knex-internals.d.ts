declare module 'knex/lib/dialects/postgres/index.js' {
  import type { Knex } from 'knex'

  /** knex's client for PostgreSQL; `_driver` gives it the pg that it connects with. */
  export default class KnexPostgres extends Knex.Client {
    _driver(): unknown
  }
}
