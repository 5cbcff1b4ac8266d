import { HufuError, isHufuError } from '@hufu/wire'
import type { Knex } from 'knex'
import type { Clock } from '../clock.ts'
import { knexAnswers } from './answers.ts'
import { listAudit } from './audit-list.ts'
import { knexAuditLogs } from './audit-logs.ts'
import { type AuditPlace, openLog } from './audit-place.ts'
import { claim, release } from './claims.ts'
import { listDataKeys } from './data-keys.ts'
import type { Database } from './database.ts'
import { retirableGrants } from './grants.ts'
import { hotReads } from './hot-reads.ts'
import { followKeyUses, keyUse, keyUsesSince } from './key-uses.ts'
import { ListWalks } from './list-walks.ts'
import { dueKeys, keysAfter, listAliases, listKeys, listRotations, listVersions } from './lists.ts'
import { migrationSource } from './migrations/index.ts'
import { knexReads } from './reads.ts'
import type { Reads, Store, Writes } from './store.ts'
import { knexWrites } from './writes.ts'

/** A store over either database. Brings the schema up to date first. */
export async function knexStore(database: Database, clock: Clock): Promise<Store> {
  const { knex } = database
  await database.alone(() => migrate(database))
  const place = { log: await database.alone(() => openLog(database)), clock }
  const walks = new ListWalks(database.sole)
  const calls = guarded<Omit<Store, 'transact' | 'hearsOthers'>>({
    ...knexReads(knex),
    ...hotReads(database),
    listKeys: (query) => listKeys(knex, query, walks),
    keysAfter: (place, limit) => keysAfter(knex, place, limit),
    listAliases: (query) => listAliases(knex, query),
    retirableGrants: (retiring, place) => retirableGrants(knex, retiring, place),
    listDataKeys: (query) => listDataKeys(knex, query, walks),
    versions: (keyId) => listVersions(knex, keyId),
    rotations: (keyId) => listRotations(knex, keyId),
    followKeyUses: () => followKeyUses(knex),
    keyUse: (keyId) => keyUse(knex, keyId),
    keyUsesSince: () => keyUsesSince(knex),
    due: (what, now, limit) => dueKeys(knex, what, now, limit),
    claim: (job, holder, now, until) => claim(knex, job, holder, now, until),
    release: (job, holder) => release(knex, job, holder),
    scrub: () => database.scrub(),
    ...knexAnswers(knex),
    ...knexAuditLogs(knex),
    ...(database.grownTree === undefined ? {} : { grownTree: database.grownTree }),
    appendAudit: (records, written) => database.appendAudit(place, records, written),
    listAudit: (filter) => listAudit(knex, filter),
    nextEpoch: () => database.alone(() => nextEpoch(database)),
    async ready() {
      await knex.raw('select 1')
    },
    listen: (listener) => database.listen(listener),
    close: () => database.close(),
  })
  return {
    ...calls,
    hearsOthers: () => database.hearsOthers,
    transact: (work) => transact(database, place, work).finally(() => walks.forget()),
  }
}

/** What `work` throws is thrown as it is; what the database throws, like everywhere, as `Unavailable`. */
async function transact<T>(
  { knex, durable, announce }: Database,
  place: AuditPlace,
  work: (rows: Reads & Writes) => Promise<T>,
): Promise<T> {
  let refused: { readonly error: unknown } | null = null
  const act = async (transaction: Knex.Transaction): Promise<T> => {
    try {
      return await work(
        guarded({
          ...knexReads(transaction),
          ...knexWrites(transaction, place, (event) => announce(transaction, event)),
        }),
      )
    } catch (error) {
      refused = { error }
      throw error
    }
  }
  try {
    const result = await knex.transaction(act)
    await durable()
    return result
  } catch (error) {
    throw refused === null ? unavailable(error) : error
  }
}

/** A migration that was cut off holds knex's own lock; here nobody else can hold it. */
async function migrate({ knex }: Database): Promise<void> {
  const config = { migrationSource }
  await knex.migrate.forceFreeMigrationsLock(config)
  await knex.migrate.latest(config)
}

async function nextEpoch({ knex, durable }: Database): Promise<number> {
  const epoch = Number((await knexReads(knex).setting('epoch')) ?? 0) + 1
  await knex('settings')
    .insert({ name: 'epoch', value: String(epoch) })
    .onConflict('name')
    .merge()
  await durable()
  return epoch
}

/** Whatever the database throws becomes `Unavailable`: the cause is for the log. */
function guarded<T extends object>(calls: T): T {
  const guard =
    (call: (...inputs: unknown[]) => Promise<unknown>) =>
    async (...inputs: unknown[]) => {
      try {
        return await call(...inputs)
      } catch (error) {
        throw unavailable(error)
      }
    }
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guard(call)])) as T
}

const unavailable = (cause: unknown): HufuError =>
  isHufuError(cause)
    ? cause
    : new HufuError('Unavailable', 'expected the store to answer, received an error', { cause })
