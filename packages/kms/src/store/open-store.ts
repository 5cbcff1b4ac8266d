import { HufuError, isHufuError } from '@hufu/wire'
import type { Clock } from '../clock.ts'
import type { Database } from './database.ts'
import { knexStore } from './knex-store.ts'
import { postgresDatabase } from './postgres.ts'
import { sqliteDatabase } from './sqlite.ts'
import type { Store } from './store.ts'

export type StoreLocation =
  | { readonly client: 'sqlite'; readonly file: string }
  | { readonly client: 'postgres'; readonly url: string }

/** Throws `StoreInUse` for an SQLite store that another process has, `Unavailable` when it does not open. */
export async function openStore(location: StoreLocation, clock: Clock = Date.now): Promise<Store> {
  const database = await openDatabase(location)
  try {
    return await knexStore(database, clock)
  } catch (cause) {
    await database.close()
    if (isHufuError(cause)) throw cause
    throw new HufuError('Unavailable', `expected the ${location.client} store to open, received an error`, { cause })
  }
}

const openDatabase = (location: StoreLocation): Promise<Database> =>
  location.client === 'sqlite' ? sqliteDatabase(location.file) : postgresDatabase(location.url)
