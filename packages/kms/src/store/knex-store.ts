import { HufuError, isHufuError } from '@hufu/wire'
import type { Database } from './database.ts'
import { knexReads, knexWrites, listAudit, listKeys } from './knex-rows.ts'
import { migrationSource } from './migrations/index.ts'
import type { Store } from './store.ts'

/** A store over either database. Brings the schema up to date first. */
export async function knexStore(database: Database): Promise<Store> {
  const { knex } = database
  await database.alone(() => migrate(database))
  const store: Store = {
    ...knexReads(knex),
    async transact(work) {
      const result = await knex.transaction((transaction) =>
        work({ ...knexReads(transaction), ...knexWrites(transaction) }),
      )
      await database.durable()
      return result
    },
    listKeys: (query) => listKeys(knex, query),
    appendAudit: (records) => database.appendAudit(records),
    listAudit: (filter) => listAudit(knex, filter),
    nextEpoch: () => database.alone(() => nextEpoch(database)),
    async ready() {
      await knex.raw('select 1')
    },
    close: () => database.close(),
  }
  return guarded(store)
}

/** A migration that was cut off holds knex's own lock; here nobody else can hold it. */
async function migrate({ knex }: Database): Promise<void> {
  const config = { migrationSource }
  await knex.migrate.forceFreeMigrationsLock(config)
  await knex.migrate.latest(config)
}

async function nextEpoch({ knex, durable }: Database): Promise<number> {
  const epoch = Number((await knexReads(knex).setting('epoch')) ?? 0) + 1
  await knexWrites(knex).putSetting('epoch', String(epoch))
  await durable()
  return epoch
}

/** Whatever the database throws becomes `Unavailable`: the cause is for the log. */
function guarded(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...inputs: unknown[]) => Promise.resolve(Reflect.apply(method, target, inputs)).catch(unavailable)
    },
  })
}

function unavailable(cause: unknown): never {
  if (isHufuError(cause)) throw cause
  throw new HufuError('Unavailable', 'expected the store to answer, received an error', { cause })
}
