import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '@hufu/crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Kms, memoryBackend, openKms, type StoreLocation, softwareBackend } from '../src/index.ts'
import { ACCOUNT, caller, temporaryDirectory } from './open-test-kms.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

let dir: string
let postgres: PostgresServer

beforeAll(async () => {
  dir = await temporaryDirectory()
  postgres = await startPostgres()
})

afterAll(async () => {
  await postgres?.stop()
  await rm(dir, { recursive: true })
})

interface Place {
  readonly store: StoreLocation
  /** Where the database has its files. */
  readonly files: string
}

const places: Record<string, () => Promise<Place>> = {
  SQLite: async () => ({ store: { client: 'sqlite', file: join(dir, 'kms.db') }, files: dir }),
  PostgreSQL: async () => {
    const url = await postgres.newDatabase()
    return { store: { client: 'postgres', url }, files: new URL(url).searchParams.get('host') ?? '' }
  },
}

const open = (store: StoreLocation, backend = memoryBackend()): Promise<Kms> =>
  openKms({ store, backend, region: 'local-1', accountId: ACCOUNT, sensitiveContext: ['patient', 'ward'] })

/** Whether any file below the folder has the text in it. A file that goes meanwhile has nothing. */
async function holds(folder: string, text: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0))
    if (bytes.includes(text)) return true
  }
  return false
}

/** Texts that stand nowhere by chance. */
const word = (seed: string): string => createHash('sha256').update(seed).digest('hex')
const [secret, other, plain] = [word('patient'), word('other patient'), word('purpose')]

it.each(Object.keys(places))('keeps sensitive values only hashed: %s', async (name) => {
  const place = await places[name]?.()
  if (place === undefined) throw new TypeError('expected a place')
  const kms = await open(place.store)
  try {
    const keys = kms.as(caller())
    const { keyId } = await keys.createKey({})
    const encrypt = (context: Record<string, string>) =>
      keys.encrypt({ keyId, plaintext: Buffer.from('x'), context }).then(({ ciphertext }) => ciphertext)
    const ciphertext = await encrypt({ patient: secret, purpose: plain })
    await encrypt({ patient: other, ward: secret, Patient: plain })
    await keys.decrypt({ ciphertext, context: { patient: secret, purpose: plain } })
    await expect(keys.decrypt({ ciphertext, context: { patient: secret } })).rejects.toMatchObject({
      code: 'DecryptionFailed',
    })
    const records = await kms.audit.list({ from: 0 })
    const contexts = records.flatMap(({ context }) => (context === undefined ? [] : [context]))
    const hash = contexts[0]?.patient
    expect(hash).toMatch(/^hmac-sha256:[A-Za-z0-9+/]{43}=$/)
    expect(contexts[0]).toEqual({ patient: hash, purpose: plain })
    expect(contexts[1]?.Patient).toBe(plain)
    expect(new Set([hash, contexts[1]?.patient, contexts[1]?.ward]).size).toBe(3)
    expect(contexts.slice(2)).toEqual([{ patient: hash, purpose: plain }, { patient: hash }])
    expect(await holds(place.files, plain)).toBe(true)
    expect(await holds(place.files, secret)).toBe(false)
    expect(await holds(place.files, other)).toBe(false)
  } finally {
    await kms.close()
  }
})

it('hashes alike after a restart', async () => {
  const root = randomBytes(32)
  const store = { client: 'sqlite', file: join(dir, 'again.db') } as const
  const hashes: (string | undefined)[] = []
  let keyId: string | undefined
  for (let start = 0; start < 2; start++) {
    const kms = await open(store, softwareBackend(Secret.take(Buffer.from(root)), 'memory'))
    const keys = kms.as(caller())
    keyId ??= (await keys.createKey({})).keyId
    await keys.encrypt({ keyId, plaintext: Buffer.from('x'), context: { ward: secret } })
    const [record] = await kms.audit.list({ newestFirst: true, limit: 1 })
    hashes.push(record?.context?.ward)
    await kms.close()
  }
  expect(hashes[0]).toMatch(/^hmac-sha256:/)
  expect(hashes[1]).toBe(hashes[0])
})
