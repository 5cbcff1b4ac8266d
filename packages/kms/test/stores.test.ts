import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type StoreLocation } from '../src/store/open-store.ts'
import type { Store } from '../src/store/store.ts'
import { temporaryDirectory } from './open-test-kms.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { storeContract } from './store-contract.ts'

let dir: string
let postgres: PostgresServer

beforeAll(async () => {
  dir = await temporaryDirectory()
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres.stop()
  await rm(dir, { recursive: true })
})

const places: Record<string, () => Promise<StoreLocation>> = {
  SQLite: async () => ({ client: 'sqlite', file: join(dir, `${randomUUID()}.db`) }),
  PostgreSQL: async () => ({ client: 'postgres', url: await postgres.newDatabase() }),
}

describe.each(Object.keys(places))('the store on %s', (name) => {
  it.each(storeContract)('$title', async ({ run }) => {
    const place = await places[name]?.()
    if (place === undefined) throw new TypeError('expected a place')
    const opened: Store[] = []
    const open = async () => {
      const store = await openStore(place)
      opened.push(store)
      return store
    }
    try {
      await run(open)
    } finally {
      for (const store of opened) await store.close()
    }
  })
})

describe('PostgreSQL', () => {
  it('that is not there is unavailable', async () => {
    const url = 'postgresql://postgres@localhost/none?host=/nonexistent'
    await expect(openStore({ client: 'postgres', url })).rejects.toSatisfy(
      (error) => error instanceof Error && error.name === 'HufuError',
    )
  })
})
