import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBackend } from '@hufu/hsm'
import { openKms } from '@hufu/kms'
import { apply, defineEncryption, encryptedPool } from '@hufu/postgres'
import type { KeyService } from '@hufu/wire'
import pg from 'pg'
import { startPostgres } from './server.ts'

/** Two databases of one server, equal but for one encrypted column, and a pool of 8 on each. */
export interface Twins {
  readonly plain: pg.Pool
  readonly encrypted: pg.Pool
  /** The KMS behind the encrypted twin: the calls made to it, and how to have them made anew. */
  readonly kms: { calls(): number; forgetKeys(): void }
  stop(): Promise<void>
}

export const ROWS = 10_000
const TABLES = `CREATE TABLE people (id serial PRIMARY KEY, email text, name text, age integer);
CREATE TABLE notes (id serial PRIMARY KEY, title text, body text);
CREATE INDEX notes_title ON notes (title);`

export async function startTwins(): Promise<Twins> {
  const server = await startPostgres()
  const dir = mkdtempSync(join(tmpdir(), 'hufu-bench-kms-'))
  const backend = await openBackend({ dir, pkcs11: 'off' })
  const kms = await openKms({
    store: { client: 'sqlite', file: join(dir, 'kms.db') },
    backend,
    region: 'local-1',
    accountId: '000000000001',
  })
  const { principal, accessKeyId } = await kms.bootstrap()
  const { service, calls } = counted(
    kms.as({ principal, accessKeyId, requestId: 'bench', sourceIp: '127.0.0.1', via: 'postgres' }),
  )
  const encryption = defineEncryption({
    kms: service,
    events: kms.events,
    columns: { 'people.email': { key: 'alias/s3', type: 'text', search: ['equality'] } },
  })
  const at = (database: string) => ({ host: '127.0.0.1', port: server.port, user: 'postgres', database, max: 8 })
  const admin = new pg.Pool(at('postgres'))
  await admin.query('CREATE DATABASE plain')
  await admin.query('CREATE DATABASE encrypted')
  await admin.end()
  const plain = new pg.Pool(at('plain'))
  const encrypted = encryptedPool(encryption, at('encrypted'))
  await plain.query(TABLES)
  await plain.query('CREATE INDEX people_email ON people (email)')
  await encrypted.query(TABLES)
  const client = new pg.Client(at('encrypted'))
  await client.connect()
  await apply(client, encryption)
  await client.end()
  for (const pool of [plain, encrypted]) await fill(pool)
  return {
    plain,
    encrypted,
    kms: { calls, forgetKeys: () => encryption.forgetKeys() },
    async stop() {
      await plain.end()
      await encrypted.end()
      await kms.close()
      server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The service, and how many data keys it was asked for. */
function counted(service: KeyService): { service: KeyService; calls(): number } {
  let calls = 0
  const count = <Args extends unknown[], Answer>(call: (...args: Args) => Answer) => {
    return (...args: Args): Answer => {
      calls++
      return call(...args)
    }
  }
  return {
    service: {
      encrypt: (request) => service.encrypt(request),
      reEncrypt: (request) => service.reEncrypt(request),
      generateDataKey: count((request) => service.generateDataKey(request)),
      decrypt: count((request) => service.decrypt(request)),
    },
    calls: () => calls,
  }
}

export const emailOf = (i: number): string => `person-${i}@department-${i % 97}.example.org`

async function fill(pool: pg.Pool): Promise<void> {
  const BATCH = 1000
  for (let from = 0; from < ROWS; from += BATCH) {
    const values = Array.from({ length: BATCH }, (_, i) => [
      emailOf(from + i),
      `person ${from + i}`,
      (from + i) % 90,
    ]).flat()
    const places = Array.from({ length: BATCH }, (_, i) => `($${3 * i + 1}, $${3 * i + 2}, $${3 * i + 3})`).join(', ')
    await pool.query(`INSERT INTO people (email, name, age) VALUES ${places}`, values)
    await pool.query(
      "INSERT INTO notes (title, body) SELECT 'note ' || i, repeat('x', 50) FROM generate_series($1::int, $2::int) i",
      [from, from + BATCH - 1],
    )
  }
  await pool.query('ANALYZE')
}
