import { rm } from 'node:fs/promises'
import { Secret } from '@hufu/crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type KeyBackend, type Kms, softwareBackend } from '../src/index.ts'
import { caller, openAt, TestClock, temporaryDirectory } from './open-test-kms.ts'

let dir: string
let kms: Kms
let clock: TestClock
const root = Secret.random(32)
const backend = (): KeyBackend => softwareBackend(Secret.take(new Uint8Array(root.bytes())), 'SOFTWARE')
const keys = () => kms.as(caller())
const code = (code: string) => ({ code })

beforeEach(async () => {
  dir = await temporaryDirectory()
  clock = new TestClock()
  kms = await openAt(dir, backend(), { clock: clock.read })
})

afterEach(async () => {
  await kms.close()
  await rm(dir, { recursive: true })
})

describe('rotation', () => {
  it('is neither told nor switched of a key that has none', async () => {
    for (const input of [{ spec: 'ECC_NIST_P256' }, { spec: 'HMAC_256' }] as const) {
      const { keyId } = await keys().createKey(input)
      for (const name of ['rotationStatus', 'enableRotation', 'disableRotation'] as const)
        await expect(keys()[name](keyId)).rejects.toMatchObject(code('RotationNotSupported'))
    }
  })

  it('is off unless it is turned on, and then yearly unless told otherwise', async () => {
    const { keyId, arn } = await keys().createKey({})
    expect(await keys().rotationStatus(keyId)).toEqual({
      keyId: arn,
      enabled: false,
      days: null,
      nextAt: null,
      lastAt: null,
    })
    await keys().enableRotation(keyId)
    const nextAt = clock.now + 365 * 86_400_000
    expect(await keys().rotationStatus(keyId)).toEqual({ keyId: arn, enabled: true, days: 365, nextAt, lastAt: null })
    for (const days of [6, 366, 7.5])
      await expect(keys().enableRotation(keyId, days)).rejects.toMatchObject(code('InvalidParameter'))
    for (const days of [7, 365]) await keys().enableRotation(keyId, days)
    await keys().disableRotation(keyId)
    clock.days(1000)
    await kms.runDueJobs()
    expect(await keys().describeKey(keyId)).toMatchObject({ version: 1, rotationDays: null, nextRotationAt: null })
  })

  it('makes one new version when it is due, however often it is looked for and whatever was missed', async () => {
    const { keyId } = await keys().createKey({})
    await keys().enableRotation(keyId, 7)
    clock.days(6.99)
    await kms.runDueJobs()
    expect(await keys().describeKey(keyId)).toMatchObject({ version: 1 })
    clock.days(3_650)
    await Promise.all([kms.runDueJobs(), kms.runDueJobs()])
    await kms.runDueJobs()
    expect(await keys().describeKey(keyId)).toMatchObject({
      version: 2,
      lastRotatedAt: clock.now,
      nextRotationAt: clock.now + 7 * 86_400_000,
    })
    expect(await keys().listRotations(keyId)).toEqual([{ version: 2, at: clock.now, kind: 'automatic' }])
  })

  it('keeps every old version for decryption, and re-encryption brings a ciphertext to the newest', async () => {
    const { keyId } = await keys().createKey({})
    const old = await keys().encrypt({ keyId, plaintext: Buffer.from('v1'), context: { a: '1' } })
    for (const version of [2, 3, 4]) expect(await keys().rotateKey(keyId)).toMatchObject({ version })
    const opened = await keys().decrypt({ ciphertext: old.ciphertext, context: { a: '1' } })
    expect(Buffer.from(opened.plaintext).toString()).toBe('v1')
    const moved = await keys().reEncrypt({ ciphertext: old.ciphertext, sourceContext: { a: '1' } })
    expect(moved.reEncrypted).toBe(true)
    const again = await keys().reEncrypt({ ciphertext: moved.ciphertext, sourceContext: { a: '1' } })
    expect(again).toMatchObject({ reEncrypted: false, ciphertext: moved.ciphertext })
    expect((await keys().listRotations(keyId)).map(({ kind }) => kind)).toEqual(['on demand', 'on demand', 'on demand'])
  })

  it('by hand is possible 25 times in 365 days, whatever happens by itself', async () => {
    const { keyId } = await keys().createKey({})
    for (let version = 2; version <= 26; version++) expect(await keys().rotateKey(keyId)).toMatchObject({ version })
    await expect(keys().rotateKey(keyId)).rejects.toMatchObject(code('RotationRateLimited'))
    await keys().enableRotation(keyId, 7)
    clock.days(364)
    await kms.runDueJobs()
    expect(await keys().describeKey(keyId)).toMatchObject({ version: 27 })
    await expect(keys().rotateKey(keyId)).rejects.toMatchObject(code('RotationRateLimited'))
    clock.days(1)
    expect(await keys().rotateKey(keyId)).toMatchObject({ version: 28 })
  })

  it('passes over a key that is not enabled, and catches up when it is', async () => {
    const { keyId } = await keys().createKey({})
    await keys().enableRotation(keyId, 7)
    await keys().disableKey(keyId)
    clock.days(8)
    await kms.runDueJobs()
    expect(await keys().describeKey(keyId)).toMatchObject({ version: 1 })
    await keys().enableKey(keyId)
    await kms.runDueJobs()
    expect(await keys().describeKey(keyId)).toMatchObject({ version: 2 })
  })

  it('goes on after a restart, and does the other keys when one fails', async () => {
    const [bad, good] = [await keys().createKey({}), await keys().createKey({})]
    for (const { keyId } of [bad, good]) await keys().enableRotation(keyId, 7)
    await kms.close()
    clock.days(8)
    let failures = 1
    const failing: KeyBackend = {
      ...backend(),
      async generate(spec) {
        if (failures-- > 0) throw new TypeError('the token broke in the middle')
        return backend().generate(spec)
      },
    }
    kms = await openAt(dir, failing, { clock: clock.read })
    await kms.runDueJobs()
    const versions = async () => (await keys().describeKeys([bad.keyId, good.keyId])).map(({ version }) => version)
    expect((await versions()).sort()).toEqual([1, 2])
    await kms.runDueJobs()
    expect(await versions()).toEqual([2, 2])
    const failed = await kms.audit.list({ action: 'RotateKey', outcome: 'Internal' })
    expect(failed).toHaveLength(1)
  })
})
