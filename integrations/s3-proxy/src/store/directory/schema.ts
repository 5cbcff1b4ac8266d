import type { Database } from 'better-sqlite3'

/** Keys are blobs: SQLite then orders them by their UTF-8 bytes, as S3 does. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS bucket (
  name TEXT PRIMARY KEY,
  created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
  bucket TEXT NOT NULL,
  name TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (bucket, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
  bucket TEXT NOT NULL,
  key BLOB NOT NULL,
  etag TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  properties TEXT NOT NULL,
  PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
-- The files that make an object, in order.
CREATE TABLE IF NOT EXISTS piece (
  etag TEXT NOT NULL,
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (etag, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload (
  id TEXT PRIMARY KEY,
  bucket TEXT NOT NULL,
  key BLOB NOT NULL,
  started INTEGER NOT NULL,
  properties TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS upload_by_key ON upload (bucket, key, id);
CREATE TABLE IF NOT EXISTS part (
  upload TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  etag TEXT NOT NULL,
  file TEXT NOT NULL,
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (upload, number, kind)
) WITHOUT ROWID;
-- Files that no other row names: being written, or about to be removed. Removed at the next start.
CREATE TABLE IF NOT EXISTS loose (
  file TEXT PRIMARY KEY
) WITHOUT ROWID;
`

const VERSION = 1

/** Makes the tables of a new index, and refuses an index of another version. */
export function migrate(database: Database): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version !== 0 && version !== VERSION)
    throw new TypeError(`expected an object index of version ${VERSION}, received one of version ${version}`)
  database.exec(SCHEMA)
  database.pragma(`user_version = ${VERSION}`)
}
