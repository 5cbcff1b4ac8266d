import type { Knex } from 'knex'
import KnexPostgres from 'knex/lib/dialects/postgres/index.js'
import pg from 'pg'
import type { Encryption } from '../definition/define-encryption.ts'
import { encryptedClient } from './encrypted-client.ts'

/** The client class for `knex({ client: encryptedKnex(encryption), connection })`. */
export function encryptedKnex(encryption: Encryption): typeof Knex.Client {
  const driver = { ...pg, Client: encryptedClient(encryption) }
  return class EncryptedKnex extends KnexPostgres {
    override _driver(): typeof driver {
      return driver
    }
  }
}
