import Sqlite from 'better-sqlite3'
import type { Row } from './rows.ts'

/** A second connection that only reads: it sees what is committed, and never waits for the one that writes. */
export class SqliteReader {
  readonly #connection: Sqlite.Database
  readonly #statements = new Map<string, Sqlite.Statement>()

  /** The database must exist. */
  constructor(file: string) {
    this.#connection = new Sqlite(file, { readonly: true, fileMustExist: true })
  }

  /** Each text is prepared once: there must be few of them. */
  first(sql: string, bindings: readonly unknown[]): Row | null {
    const statement = this.#statements.get(sql) ?? this.#connection.prepare(sql)
    this.#statements.set(sql, statement)
    return (statement.get(...bindings) as Row | undefined) ?? null
  }

  close(): void {
    this.#connection.close()
  }
}
