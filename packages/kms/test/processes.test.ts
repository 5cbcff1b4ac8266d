import { Secret } from '@hufu/crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Kms, openKms, softwareBackend } from '../src/index.ts'
import { ACCOUNT, caller, TestClock } from './open-test-kms.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

let postgres: PostgresServer
let url: string
const root = Secret.random(32)
const clock = new TestClock()
const open = (): Promise<Kms> =>
  openKms({
    store: { client: 'postgres', url },
    backend: softwareBackend(Secret.take(Uint8Array.from(root.bytes())), 'SOFTWARE'),
    region: 'local-1',
    accountId: ACCOUNT,
    clock: clock.read,
  })

let one: Kms
let two: Kms
let opened: readonly [Kms, Kms] | readonly [] = []

beforeAll(async () => {
  postgres = await startPostgres()
  url = await postgres.newDatabase()
  opened = await Promise.all([open(), open()])
  ;[one, two] = opened
})

afterAll(async () => {
  try {
    await Promise.all(opened.map((kms) => kms.close()))
  } finally {
    await postgres.stop()
  }
})

describe('two processes on one PostgreSQL', () => {
  it('open a new store at the same time, and have one root user and one first key', async () => {
    const [a, b] = await Promise.all([one.bootstrap(), two.bootstrap()])
    expect(a).toEqual(b)
    expect((await one.as(caller()).listKeys()).totalCount).toBe(1)
  })

  it('decrypt what the other encrypted', async () => {
    const { keyId } = await one.as(caller()).createKey({})
    const { ciphertext } = await one.as(caller()).encrypt({ keyId, plaintext: Buffer.from('x') })
    expect(Buffer.from((await two.as(caller()).decrypt({ ciphertext })).plaintext).toString()).toBe('x')
  })

  it('agree on a change of a key in a moment', async () => {
    const { keyId } = await one.as(caller()).createKey({})
    await two.as(caller()).generateDataKey({ keyId })
    const heard: unknown[] = []
    const stop = two.events.subscribe((event) => heard.push(event))
    await one.as(caller()).disableKey(keyId)
    await vi.waitFor(() => expect(heard).toEqual([{ keyId, change: 'state' }]), { timeout: 30_000 })
    stop()
    await expect(two.as(caller()).generateDataKey({ keyId })).rejects.toMatchObject({ code: 'KeyDisabled' })
  })

  it('rely on nothing they hold while they can not hear each other', async () => {
    const { keyId } = await one.as(caller()).createKey({})
    await two.as(caller()).generateDataKey({ keyId })
    await signalListeners('SIGSTOP')
    await vi.waitFor(() => expect(two.events.connected).toBe(false), { timeout: 30_000, interval: 20 })
    await one.as(caller()).disableKey(keyId)
    await expect(two.as(caller()).generateDataKey({ keyId })).rejects.toMatchObject({ code: 'KeyDisabled' })
    await signalListeners('SIGCONT')
    await vi.waitFor(() => expect(two.events.connected).toBe(true), { timeout: 30_000, interval: 20 })
  })

  it('share first answers, and wait for the one that the other has under way', async () => {
    const until = clock.read() + 300_000
    expect(await one.answers.claim('first', until)).toBeNull()
    const repeat = two.answers.claim('first', until)
    await one.answers.keep('first', Buffer.from('answer'))
    expect(Buffer.from((await repeat) ?? []).toString()).toBe('answer')
    expect(await two.answers.claim('refused', until)).toBeNull()
    const other = one.answers.claim('refused', until)
    await two.answers.drop('refused')
    expect(await other).toBeNull()
  })

  it('rotate and destroy once', async () => {
    const rotated = await one.as(caller()).createKey({})
    const doomed = await one.as(caller()).createKey({})
    await one.as(caller()).enableRotation(rotated.keyId, 7)
    await one.as(caller()).scheduleKeyDeletion({ keyId: doomed.keyId, windowDays: 7, disableFirst: true })
    clock.days(8)
    await Promise.all([one.runDueJobs(), two.runDueJobs(), one.runDueJobs(), two.runDueJobs()])
    await one.runDueJobs()
    expect(await two.as(caller()).describeKey(rotated.keyId)).toMatchObject({ version: 2 })
    await expect(two.as(caller()).describeKey(doomed.keyId)).rejects.toMatchObject({ code: 'KeyNotFound' })
    for (const action of ['RotateKey', 'DeleteKey']) expect(await one.audit.list({ action })).toHaveLength(1)
  })

  it('make one change of two that exclude each other', async () => {
    const { keyId } = await one.as(caller()).createKey({})
    const results = await Promise.allSettled([
      one.as(caller()).archiveKey(keyId),
      two.as(caller()).disableKey(keyId),
      one.as(caller()).rotateKey(keyId),
      two.as(caller()).rotateKey(keyId),
    ])
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
    const [a, b] = [await one.as(caller()).describeKey(keyId), await two.as(caller()).describeKey(keyId)]
    expect(a.state).toBe(b.state)
    expect(['Archived', 'Disabled']).toContain(a.state)
  })
})

/** Makes the listening connections dumb, as a lost network does. */
async function signalListeners(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query("select pid from pg_stat_activity where application_name = 'hufu listener'")
  await client.end()
  for (const { pid } of rows) process.kill(Number(pid), signal)
}
