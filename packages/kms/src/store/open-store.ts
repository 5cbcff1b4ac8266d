import { HufuError } from '@hufu/wire'
import { knexStore } from './knex-store.ts'
import { sqliteDatabase } from './sqlite.ts'
import type { Store } from './store.ts'

export type StoreLocation =
  | { readonly client: 'sqlite'; readonly file: string }
  | { readonly client: 'postgres'; readonly url: string }

export async function openStore(location: StoreLocation): Promise<Store> {
  if (location.client === 'postgres')
    throw new HufuError('NotSupported', 'expected an SQLite store, received PostgreSQL')
  const database = await sqliteDatabase(location.file)
  try {
    return await knexStore(database)
  } catch (error) {
    await database.close()
    throw error
  }
}
