import type SqliteConnection from 'better-sqlite3'

/** What every connection that writes has: the log that is made durable by `WalSync`, and nothing left of what is deleted. */
export function configureSqlite(connection: SqliteConnection.Database): void {
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = NORMAL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('secure_delete = ON')
}
