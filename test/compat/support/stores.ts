import type { StoreLocation } from '@hufu/kms'
import { startPostgres } from '../../../packages/kms/test/postgres-server.ts'

export interface TestStore {
  /** Undefined: SQLite in the server's own directory. */
  readonly location: StoreLocation | undefined
  stop(): Promise<void>
}

/** The stores that the clients are tested on; PostgreSQL is Debian's, started for the test alone. */
export const stores: Readonly<Record<string, () => Promise<TestStore>>> = {
  SQLite: async () => ({ location: undefined, stop: async () => {} }),
  async PostgreSQL() {
    const server = await startPostgres()
    return { location: { client: 'postgres', url: await server.newDatabase() }, stop: () => server.stop() }
  },
}
