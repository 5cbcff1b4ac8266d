import { defineEncryption } from '../../src/index.ts'
import { unsafeKeys } from '../support/unsafe-keys.ts'

/** The tables that generated statements are about, without and with encryption. */
export const TABLES = `CREATE TABLE users (id serial PRIMARY KEY, email text, name text, age integer, note text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer, email text, total numeric);`

const email = { type: 'text', search: ['equality', 'prefix'] as ('equality' | 'prefix')[], group: 'email' }

export const encryption = defineEncryption({
  kms: unsafeKeys(),
  columns: {
    'users.email': { key: 'alias/app', ...email },
    'users.age': { key: 'alias/app', type: 'integer', search: ['equality'] },
    'users.note': { key: 'alias/app', type: 'text' },
    'orders.email': { key: 'alias/pay', ...email },
    'orders.total': { key: 'alias/pay', type: 'numeric', search: ['equality'] },
  },
})
