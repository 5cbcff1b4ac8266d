import { readFileSync } from 'node:fs'
import { defineEncryption, encryptedKnex } from '@hufu/postgres'
import knex from 'knex'

const { columns } = JSON.parse(readFileSync(new URL('columns.json', import.meta.url), 'utf8'))

/** The only place that knows of encryption: `client: 'pg'` became this client. */
export const db = knex({
  client: process.env.PLAINTEXT === undefined ? encryptedKnex(defineEncryption({ columns })) : 'pg',
  connection: process.env.DATABASE_URL,
  migrations: { directory: new URL('migrations', import.meta.url).pathname, loadExtensions: ['.mjs'] },
})
