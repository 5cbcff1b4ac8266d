import pg, { type Pool, type PoolConfig } from 'pg'
import type { Encryption } from '../definition/define-encryption.ts'
import { encryptedClient } from './encrypted-client.ts'

/** A `pg.Pool` whose declared columns are ciphertext in the database: for pg, kysely, drizzle and Prisma's pg adapter. */
export const encryptedPool = (encryption: Encryption, config: PoolConfig): Pool =>
  new pg.Pool({ ...config, Client: encryptedClient(encryption) } as PoolConfig)
