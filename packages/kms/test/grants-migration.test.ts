import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import knex from 'knex'
import { expect, it } from 'vitest'
import { openStore } from '../src/store/open-store.ts'
import { temporaryDirectory } from './open-test-kms.ts'

it('takes over the grants of a store that kept all grants of a key in one document', async () => {
  const dir = await temporaryDirectory()
  const file = join(dir, 'kms.db')
  const grant = (id: string, createdAt: number) => ({
    id,
    token: `token of ${id}`,
    name: '名',
    grantee: 'alice',
    retiring: 'bob',
    issuer: 'root',
    operations: ['Encrypt'],
    contextSubset: { a: 'b' },
    createdAt,
  })
  try {
    await (await openStore({ client: 'sqlite', file })).close()
    const db = knex({ client: 'better-sqlite3', connection: { filename: file }, useNullAsDefault: true })
    await db.schema.dropTable('grants')
    await db('knex_migrations').where({ name: '0009-grants' }).delete()
    const document = JSON.stringify({ keyId: 'key', grants: [grant('g2', 1), grant('g1', 2)] })
    await db('directory').insert({ kind: 'grants', id: 'key', document })
    await db.destroy()
    const store = await openStore({ client: 'sqlite', file })
    const taken = [
      { ...grant('g2', 1), keyId: 'key' },
      { ...grant('g1', 2), keyId: 'key' },
    ]
    expect(await store.grants('key')).toEqual(taken)
    expect(await store.retirableGrants('bob', { limit: 9 })).toEqual(taken.toReversed())
    expect(await store.grantByToken('token of g1')).toEqual(taken[1])
    expect(await store.entry('grants' as never, 'key')).toBeNull()
    await store.close()
  } finally {
    await rm(dir, { recursive: true })
  }
})
