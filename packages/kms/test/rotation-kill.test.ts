import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Secret } from '@hufu/crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Kms, openKms, type StoreLocation, softwareBackend } from '../src/index.ts'
import { ACCOUNT, caller, TestClock, temporaryDirectory } from './open-test-kms.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

const child = fileURLToPath(new URL('./rotate-and-die.mjs', import.meta.url))
const DAY = 86_400_000
const root = Secret.random(32)

let postgres: PostgresServer
let dir: string

beforeAll(async () => {
  dir = await temporaryDirectory()
  postgres = await startPostgres()
})
afterAll(async () => {
  await postgres?.stop()
  await rm(dir, { recursive: true, force: true })
})

const stores: Readonly<Record<string, (name: string) => Promise<StoreLocation>>> = {
  SQLite: async (name) => ({ client: 'sqlite', file: join(dir, `${name}.db`) }),
  PostgreSQL: async () => ({ client: 'postgres', url: await postgres.newDatabase() }),
}

describe.each(Object.entries(stores))('a rotation on %s', { timeout: 240_000 }, (_name, newStore) => {
  it.each([
    ['inside', 1],
    ['outside', 2],
  ] as const)(
    'of a process that is killed %s its transaction happens once',
    async (where, versionAfterDeath) => {
      const store = await newStore(where)
      const clock = new TestClock()
      const before = await open(store, clock)
      const { keyId } = await before.as(caller()).createKey({})
      const { ciphertext } = await before.as(caller()).encrypt({ keyId, plaintext: Buffer.from('old') })
      await before.as(caller()).enableRotation(keyId, 7)
      await before.close()
      clock.days(8)
      expect(await rotateAndDie(store, clock.now, where)).toBe('SIGKILL')
      const after = await open(store, clock)
      try {
        expect(await after.as(caller()).describeKey(keyId)).toMatchObject({ version: versionAfterDeath })
        // The claim of the dead process runs out.
        clock.now += 120_000
        await after.runDueJobs()
        await after.runDueJobs()
        const key = await after.as(caller()).describeKey(keyId)
        expect(key.version).toBe(2)
        expect(key.nextRotationAt).toBe((key.lastRotatedAt ?? 0) + 7 * DAY)
        expect(await after.audit.list({ action: 'RotateKey' })).toHaveLength(1)
        expect(Buffer.from((await after.as(caller()).decrypt({ ciphertext })).plaintext).toString()).toBe('old')
      } finally {
        await after.close()
      }
    },
    240_000,
  )
})

const open = (store: StoreLocation, clock: TestClock): Promise<Kms> =>
  openKms({
    store,
    backend: softwareBackend(Secret.take(Uint8Array.from(root.bytes())), 'SOFTWARE'),
    region: 'local-1',
    accountId: ACCOUNT,
    clock: clock.read,
  })

/** How the process ended. */
async function rotateAndDie(store: StoreLocation, now: number, where: string): Promise<string | null> {
  const args = [child, JSON.stringify(store), Buffer.from(root.bytes()).toString('hex'), String(now), where]
  const [, signal] = await once(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
  return signal
}
