import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import type { Database } from '../catalogue/load-catalogue.ts'
import type { Encryption } from '../definition/define-encryption.ts'
import { DataKeyStore } from '../keys/data-key-store.ts'
import { Keyring } from '../keys/keyring.ts'

/** Values as text, the same in every session: ISO dates in UTC, bytes in hex, doubles in full. */
const SETTINGS = [
  "SET DateStyle = 'ISO, YMD'",
  "SET TimeZone = 'UTC'",
  "SET bytea_output = 'hex'",
  'SET extra_float_digits = 1',
]

/** One connection, without encryption, that a migration runs on. */
export interface MigrationDatabase extends Database {
  query: Database['query']
}

/** What a long migration tells after every batch. */
export interface Progress {
  readonly path: string
  readonly step: 'backfill' | 'rotate' | 'verify' | 'revert'
  readonly done: number
  /** Rows to do as they were counted at the start. */
  readonly total: number
}

export interface MigrationOptions {
  /** Rows in one transaction, 500 unless told. */
  readonly batch?: number
  /** Milliseconds to wait between batches, 0 unless told. */
  readonly pause?: number
  readonly onProgress?: (progress: Progress) => void
  /** Stops between two batches; what is done stays done. */
  readonly signal?: AbortSignal
  /** Only these columns, by path; all that need it when absent. */
  readonly only?: readonly string[]
}

export async function prepareSession(database: MigrationDatabase): Promise<void> {
  for (const setting of SETTINGS) await database.query(setting)
}

/** The data keys as the migration's own identity may use them. */
export function migrationKeys(database: MigrationDatabase, encryption: Encryption): Keyring {
  const { identity, service } = encryption.identity(encryption.principal)
  return new Keyring(identity, service, new DataKeyStore(database), encryption.keyCache)
}

export async function between(options: MigrationOptions): Promise<void> {
  options.signal?.throwIfAborted()
  if (options.pause) await new Promise((resolve) => setTimeout(resolve, options.pause))
}

export const wanted = (options: MigrationOptions, path: string): boolean => options.only?.includes(path) ?? true

/** A column of cells with the name that it has now. */
export type Located = EncryptedColumn & {
  readonly path: string
  readonly tableText: string
  readonly plainType: string
}
