import { afterAll, beforeAll, expect, it } from 'vitest'
import { defineEncryption, encryptedPool } from '../../../integrations/postgres/src/index.ts'
import { applyTo } from '../../../integrations/postgres/test/support/apply-to.ts'
import { testDatabase } from '../../../integrations/postgres/test/support/database.ts'
import { allow } from '../support/identity-clients.ts'
import { backends, type KmsServer, type OpenBackend, startKms } from '../support/kms-server.ts'

const SOON = { timeout: 45_000 }
const uses = ['kms:GenerateDataKey', 'kms:Decrypt']
type Pool = ReturnType<typeof encryptedPool>

let running: KmsServer
const root = () => running.kms.as({ ...running.root, requestId: 'test', sourceIp: 'test' })
/** The KMS as it answers a user, whatever an adapter has of the keys of others. */
const as = (name: string) =>
  running.kms.as({
    principal: `arn:aws:iam::000000000001:user/${name}`,
    accessKeyId: `AKIA${name}`,
    requestId: 'test',
    sourceIp: 'test',
  })
const pools: Pool[] = []

beforeAll(async () => {
  running = await startKms(backends['the software token'] as OpenBackend)
})
afterAll(async () => {
  for (const pool of pools) await pool.end()
  await running?.close()
})

it('a column serves nobody from its cache whom the KMS would refuse', async () => {
  for (const name of ['teller', 'auditor', 'guest']) await root().createUser({ name })
  for (const name of ['teller', 'auditor'])
    await root().putInlinePolicy({ kind: 'user', name }, 'own', allow(uses, '*'))
  const database = await testDatabase()
  await database.plain.query('CREATE TABLE orders (id text PRIMARY KEY, card text)')
  const encryption = defineEncryption({
    kms: as('teller'),
    principals: as,
    events: running.kms.events,
    columns: { 'orders.card': { key: 'alias/s3', type: 'text' } },
  })
  await applyTo(database.plain, encryption)
  const open = (of: typeof encryption): Pool => {
    const pool = encryptedPool(of, database.config)
    pools.push(pool)
    return pool
  }
  const [teller, auditor, guest] = [open(encryption), open(encryption.as('auditor')), open(encryption.as('guest'))]
  const read = (pool: Pool): Promise<string> =>
    pool.query('SELECT card FROM orders').then(
      ({ rows }) => rows[0].card,
      (error) => error.code ?? error.name,
    )
  await teller.query('INSERT INTO orders (id, card) VALUES ($1, $2)', ['a', '4111 1111'])
  expect(await read(teller)).toBe('4111 1111')
  expect(await read(guest)).toBe('AccessDenied')
  expect(await read(auditor)).toBe('4111 1111')
  await root().deleteInlinePolicy({ kind: 'user', name: 'auditor' }, 'own')
  await expect.poll(() => read(auditor), SOON).toBe('AccessDenied')
  expect(await read(teller)).toBe('4111 1111')
  expect(await read(guest)).toBe('AccessDenied')
  await root().putInlinePolicy({ kind: 'user', name: 'auditor' }, 'own', allow(uses, '*'))
  await expect.poll(() => read(auditor), SOON).toBe('4111 1111')
  await root().disableKey('alias/s3')
  await expect.poll(() => read(teller), SOON).toBe('KeyDisabled')
  expect(await read(auditor)).toBe('KeyDisabled')
  expect(await read(guest)).toBe('AccessDenied')
})
