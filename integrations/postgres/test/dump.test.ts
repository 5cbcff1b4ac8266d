import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { defineEncryption, encryptedPool } from '../src/index.ts'
import { applyTo } from './support/apply-to.ts'
import { testDatabase } from './support/database.ts'
import { unsafeKeys } from './support/unsafe-keys.ts'

const BIN = '/usr/lib/postgresql/15/bin'

it.each(['psql', 'pg_restore'])(
  'pg_dump and %s carry everything to another database, renamed column included',
  async (restore) => {
    const kms = unsafeKeys()
    const column = { key: 'alias/app', type: 'text', search: ['equality', 'prefix'] as ('equality' | 'prefix')[] }
    const encryption = defineEncryption({ kms, columns: { 'users.email': column } })
    const [from, to] = [await testDatabase(), await testDatabase()]
    await from.plain.query('CREATE TABLE users (id serial PRIMARY KEY, gone text, email text)')
    await from.plain.query('ALTER TABLE users DROP COLUMN gone')
    await applyTo(from.plain, encryption)
    const before = encryptedPool(encryption, from.config)
    await before.query('INSERT INTO users (email) VALUES ($1)', ['ann@x.org'])
    await before.end()
    const at = ['-h', '127.0.0.1', '-p', String(from.config.port)]
    const format = restore === 'psql' ? '-Fp' : '-Fc'
    const dump = execFileSync(`${BIN}/pg_dump`, [
      ...at,
      '-U',
      from.config.user,
      format,
      '--no-owner',
      from.config.database,
    ])
    expect(dump.toString('latin1')).not.toContain('ann@x.org')
    const careful = restore === 'psql' ? ['-v', 'ON_ERROR_STOP=1', '-q'] : ['--exit-on-error', '--no-owner']
    execFileSync(`${BIN}/${restore}`, [...at, '-U', to.config.user, ...careful, '-d', to.config.database], {
      input: dump,
    })
    await to.plain.query('ALTER TABLE users RENAME COLUMN email TO mail')
    const after = encryptedPool(defineEncryption({ kms, columns: { 'users.mail': column } }), to.config)
    expect((await after.query('SELECT * FROM users WHERE mail = $1', ['ann@x.org'])).rows).toEqual([
      { id: 1, mail: 'ann@x.org' },
    ])
    expect((await after.query('SELECT id FROM users WHERE mail LIKE $1', ['ann@%'])).rows).toEqual([{ id: 1 }])
    await after.end()
  },
)
