import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isHufuError, type KeyOperations, type KeyState } from '@hufu/wire'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeyAction, keyStates } from '../src/key/state.ts'
import { openTestKms, TestClock, type TestKms } from './open-test-kms.ts'

let test: TestKms
const clock = new TestClock()

beforeAll(async () => {
  test = await openTestKms({ clock: clock.read })
})

afterAll(() => test.close())

const code = (code: string) => ({ code })
const DAY = 86_400_000

const into: Partial<Record<KeyState, (keys: KeyOperations, keyId: string) => Promise<unknown>>> = {
  Enabled: async () => {},
  Disabled: (keys, keyId) => keys.disableKey(keyId),
  Archived: (keys, keyId) => keys.archiveKey(keyId),
  PendingDelete: (keys, keyId) => keys.scheduleKeyDeletion({ keyId, disableFirst: true }),
}

type Attempt = (keys: KeyOperations, keyId: string, ciphertext: Uint8Array) => Promise<unknown>

/** Every operation that stands for an action of the table. */
const attempts: Partial<Record<KeyAction, readonly Attempt[]>> = {
  encrypt: [
    (keys, keyId) => keys.encrypt({ keyId, plaintext: Buffer.from('x') }),
    (keys, keyId) => keys.generateDataKey({ keyId }),
  ],
  decrypt: [(keys, _, ciphertext) => keys.decrypt({ ciphertext })],
  describe: [
    (keys, keyId) => keys.describeKey(keyId),
    (keys, keyId) => keys.listTags(keyId),
    (keys, keyId) => keys.rotationStatus(keyId),
  ],
  edit: [
    (keys, keyId) => keys.updateDescription(keyId, 'new'),
    (keys, keyId) => keys.tagKey(keyId, { a: '1' }),
    (keys, keyId) => keys.createAlias(`alias-${keyId}`, keyId),
    (keys, keyId) => keys.bindResource(keyId, { product: 's3', resource: 'bucket' }),
    (keys, keyId) => keys.disableRotation(keyId),
  ],
  rotate: [(keys, keyId) => keys.rotateKey(keyId), (keys, keyId) => keys.enableRotation(keyId)],
  enable: [(keys, keyId) => keys.enableKey(keyId), (keys, keyId) => keys.enableKeys([keyId])],
  disable: [(keys, keyId) => keys.disableKey(keyId), (keys, keyId) => keys.disableKeys([keyId])],
  archive: [(keys, keyId) => keys.archiveKey(keyId)],
  unarchive: [(keys, keyId) => keys.unarchiveKey(keyId)],
  scheduleDeletion: [(keys, keyId) => keys.scheduleKeyDeletion({ keyId })],
  disableAndScheduleDeletion: [(keys, keyId) => keys.scheduleKeyDeletion({ keyId, disableFirst: true })],
  cancelDeletion: [(keys, keyId) => keys.cancelKeyDeletion(keyId)],
}

describe.each(Object.keys(into) as KeyState[])('a key that is %s', (state) => {
  const cases = Object.entries(attempts).flatMap(([action, list]) =>
    list.map((attempt, index) => [action as KeyAction, index, attempt] as const),
  )

  it.each(cases)('does %s (%i) as the table says', async (action, _, attempt) => {
    const keys = test.keys()
    const { keyId } = await keys.createKey({})
    const { ciphertext } = await keys.encrypt({ keyId, plaintext: Buffer.from('x') })
    await into[state]?.(keys, keyId)
    const outcome = keyStates[state][action]
    const result = await attempt(keys, keyId, ciphertext).then(
      () => null,
      (error: unknown) => (isHufuError(error) ? error.code : error),
    )
    expect(result).toBe('error' in outcome ? outcome.error : null)
    expect((await keys.describeKey(keyId)).state).toBe('next' in outcome ? outcome.next : state)
  })
})

describe('deletion', () => {
  it('has a window of 7 to 30 days, 30 unless told otherwise', async () => {
    const { keyId, arn } = await test.keys().createKey({})
    await test.keys().disableKey(keyId)
    for (const windowDays of [6, 31, 7.5, Number.NaN])
      await expect(test.keys().scheduleKeyDeletion({ keyId, windowDays })).rejects.toMatchObject(
        code('InvalidPendingWindow'),
      )
    for (const windowDays of [7, 30]) {
      const deletionAt = clock.now + windowDays * DAY
      expect(await test.keys().scheduleKeyDeletion({ keyId, windowDays })).toEqual({ keyId: arn, deletionAt })
      expect(await test.keys().describeKey(keyId)).toMatchObject({ deletionAt })
      await test.keys().cancelKeyDeletion(keyId)
      expect(await test.keys().describeKey(keyId)).toMatchObject({ deletionAt: null, state: 'Disabled' })
    }
    expect((await test.keys().scheduleKeyDeletion({ keyId })).deletionAt).toBe(clock.now + 30 * DAY)
  })

  it('destroys the material when the window has passed, not before', async () => {
    const { keyId } = await test.keys().createKey({ alias: 'doomed', tags: { a: '1' } })
    const { ciphertext } = await test.keys().generateDataKey({ keyId })
    const heard: unknown[] = []
    const stop = test.kms.events.subscribe((event) => heard.push(event))
    await test.keys().scheduleKeyDeletion({ keyId, windowDays: 7, disableFirst: true })
    clock.days(6.99)
    await test.kms.runDueJobs()
    expect(await test.keys().describeKey(keyId)).toMatchObject({ state: 'PendingDelete' })
    clock.days(0.01)
    await test.kms.runDueJobs()
    stop()
    expect(heard.at(-1)).toEqual({ keyId, change: 'deleted' })
    for (const name of [keyId, 'alias/doomed'])
      await expect(test.keys().describeKey(name)).rejects.toMatchObject(code('KeyNotFound'))
    await expect(test.keys().decrypt({ ciphertext })).rejects.toMatchObject(code('KeyNotFound'))
    const [last] = await test.kms.audit.list({ action: 'DeleteKey', newestFirst: true, limit: 1 })
    expect(last).toMatchObject({ outcome: 'ok', principal: expect.stringMatching(/service\/hufu$/) })
    await test.keys().createKey({ alias: 'doomed' })
  })

  it('leaves nothing of the material in the files of the store', async () => {
    const { keyId } = await test.keys().createKey({})
    const file = join(test.dir, 'kms.db')
    const db = new Sqlite(file, { readonly: true })
    const row = db.prepare('select wrapped from key_versions where key_id = ?').get(keyId) as { wrapped: Buffer }
    db.close()
    const found = async () => {
      const files = await Promise.all([file, `${file}-wal`].map((path) => readFile(path)))
      return files.some((bytes) => bytes.includes(row.wrapped))
    }
    expect(await found()).toBe(true)
    await test.keys().scheduleKeyDeletion({ keyId, windowDays: 7, disableFirst: true })
    clock.days(7)
    await test.kms.runDueJobs()
    expect(await found()).toBe(false)
  })

  it('waits while something is bound to the key', async () => {
    const { keyId } = await test.keys().createKey({})
    const binding = { product: 's3', resource: 'photos' }
    await test.keys().bindResource(keyId, binding)
    await test.keys().bindResource(keyId, binding)
    expect(await test.keys().listBindings(keyId)).toEqual([binding])
    await test.keys().disableKey(keyId)
    await expect(test.keys().scheduleKeyDeletion({ keyId })).rejects.toMatchObject(code('KeyBound'))
    await test.keys().unbindResource(keyId, binding)
    await expect(test.keys().unbindResource(keyId, binding)).rejects.toMatchObject(code('BindingNotFound'))
    await test.keys().scheduleKeyDeletion({ keyId })
  })
})

describe('batches', () => {
  it('change all or none, and name each key once', async () => {
    const [one, two] = [await test.keys().createKey({}), await test.keys().createKey({})]
    await test.keys().archiveKey(two.keyId)
    await expect(test.keys().disableKeys([one.keyId, two.keyId])).rejects.toMatchObject(code('InvalidState'))
    expect((await test.keys().describeKeys([one.keyId, two.keyId])).map(({ state }) => state)).toEqual([
      'Enabled',
      'Archived',
    ])
    await expect(test.keys().enableKeys([one.keyId, one.keyId])).rejects.toMatchObject(code('DuplicateKeyId'))
    await expect(test.keys().describeKeys([])).rejects.toMatchObject(code('InvalidParameter'))
    await expect(test.keys().describeKeys(Array.from({ length: 101 }, String))).rejects.toMatchObject(
      code('InvalidParameter'),
    )
  })
})

describe('changes at the same time', () => {
  it('end in one defined state', async () => {
    const { keyId } = await test.keys().createKey({})
    const attempts = [
      test.keys().disableKey(keyId),
      test.keys().archiveKey(keyId),
      test.keys().rotateKey(keyId),
      test.keys().rotateKey(keyId),
      test.keys().scheduleKeyDeletion({ keyId, disableFirst: true }),
      ...Array.from({ length: 20 }, () => test.keys().generateDataKey({ keyId })),
    ]
    const results = await Promise.allSettled(attempts)
    for (const result of results)
      if (result.status === 'rejected') expect(isHufuError(result.reason, 'Internal')).toBe(false)
    const { state, version } = await test.keys().describeKey(keyId)
    expect(['Disabled', 'Archived', 'PendingDelete']).toContain(state)
    expect(version).toBeLessThanOrEqual(3)
  })
})
