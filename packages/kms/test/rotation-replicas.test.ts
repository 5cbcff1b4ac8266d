import { Secret } from '@hufu/crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Kms, openKms, softwareBackend } from '../src/index.ts'
import { ACCOUNT, caller, TestClock } from './open-test-kms.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

const REPLICAS = 5
const PERIODS = [7, 90, 365]
/** Days: not yet due, just due, years missed, and a clock that is put back. */
const JUMPS = [6, 1, 3_650, -400, 730]

let postgres: PostgresServer
const clock = new TestClock()
const replicas: Kms[] = []

beforeAll(async () => {
  postgres = await startPostgres()
  const url = await postgres.newDatabase()
  const root = Secret.random(32)
  for (let i = 0; i < REPLICAS; i += 1)
    replicas.push(
      await openKms({
        store: { client: 'postgres', url },
        backend: softwareBackend(Secret.take(Uint8Array.from(root.bytes())), 'SOFTWARE'),
        region: 'local-1',
        accountId: ACCOUNT,
        clock: clock.read,
      }),
    )
})

afterAll(async () => {
  try {
    await Promise.all(replicas.map((kms) => kms.close()))
  } finally {
    await postgres?.stop()
  }
})

it('many replicas rotate each key that is due once, however the clock jumps, and each opens what any of them sealed', async () => {
  const [first] = replicas as [Kms, ...Kms[]]
  const keys = await Promise.all(
    PERIODS.map(async (days) => {
      const { keyId } = await first.as(caller()).createKey({})
      await first.as(caller()).enableRotation(keyId, days)
      return { keyId, days, due: clock.now + days * 86_400_000, version: 1 }
    }),
  )
  const sealed: { readonly text: string; readonly ciphertext: Uint8Array }[] = []
  for (const jump of JUMPS) {
    clock.days(jump)
    await Promise.all([...replicas, ...replicas].map((kms) => kms.runDueJobs()))
    for (const key of keys) {
      if (key.due <= clock.now) Object.assign(key, { version: key.version + 1, due: clock.now + key.days * 86_400_000 })
      // They hear of it in a moment.
      for (const kms of replicas)
        await expect
          .poll(() => kms.as(caller()).describeKey(key.keyId))
          .toMatchObject({ version: key.version, nextRotationAt: key.due })
      const text = `${key.keyId} ${jump}`
      const by = replicas[sealed.length % REPLICAS] ?? first
      const { ciphertext } = await by.as(caller()).encrypt({ keyId: key.keyId, plaintext: Buffer.from(text) })
      sealed.push({ text, ciphertext })
    }
  }
  expect(keys.map(({ version }) => version)).toEqual([4, 3, 2])
  const rotations = await first.audit.list({ action: 'RotateKey' })
  expect(rotations).toHaveLength(keys.reduce((sum, { version }) => sum + version - 1, 0))
  for (const kms of replicas)
    for (const { text, ciphertext } of sealed)
      expect(Buffer.from((await kms.as(caller()).decrypt({ ciphertext })).plaintext).toString()).toBe(text)
})
