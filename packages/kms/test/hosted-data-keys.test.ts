import { randomUUID } from 'node:crypto'
import { type HostedDataKeyState, isHufuError, type KeyOperations } from '@hufu/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DataKeyAction, dataKeyStates } from '../src/data-key/data-key-state.ts'
import { openTestKms, TestClock, type TestKms } from './open-test-kms.ts'

let test: TestKms
let clock: TestClock
let keyId: string

beforeEach(async () => {
  clock = new TestClock()
  test = await openTestKms({ clock: clock.read })
  keyId = (await test.keys().createKey({ alias: 'host' })).keyId
})

afterEach(() => test.close())

const code = (code: string) => ({ code })
const equal = (a: Uint8Array, b: Uint8Array) => expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true)

describe('a hosted data key', () => {
  it('gives its plaintext and ciphertext back', async () => {
    const made = await test
      .keys()
      .hostDataKey({ keyId: 'alias/host', name: 'one', numberOfBytes: 16, description: 'd' })
    equal(await test.keys().dataKeyPlaintext(made.dataKeyId), made.plaintext)
    equal(await test.keys().dataKeyCiphertext(made.dataKeyId), made.ciphertext)
    equal((await test.keys().decrypt({ ciphertext: made.ciphertext })).plaintext, made.plaintext)
    const [shown] = await test.keys().describeDataKeys([made.dataKeyId])
    expect(shown).toEqual({
      dataKeyId: made.dataKeyId,
      name: 'one',
      keyId,
      description: 'd',
      state: 'Enabled',
      numberOfBytes: 16,
      origin: 'KMS',
      creator: 'arn:aws:iam::000000000001:root',
      createdAt: clock.now,
      deletionAt: null,
    })
  })

  it('is imported as a plaintext or a ciphertext', async () => {
    const plaintext = Buffer.from('a data key of the application')
    const { ciphertext } = await test.keys().encrypt({ keyId, plaintext })
    for (const [name, input] of Object.entries({
      p: { keyId, material: { plaintext } },
      c: { material: { ciphertext } },
    })) {
      const made = await test.keys().importDataKey({ name, ...input })
      expect(made).toMatchObject({ origin: 'EXTERNAL', keyId, numberOfBytes: plaintext.length })
      equal(await test.keys().dataKeyPlaintext(made.dataKeyId), plaintext)
    }
    const other = (await test.keys().createKey({})).keyId
    for (const material of [{ ciphertext: Buffer.from('nonsense') }, { ciphertext }])
      await expect(test.keys().importDataKey({ name: 'x', keyId: other, material })).rejects.toMatchObject(
        code('DecryptionFailed'),
      )
    for (const size of [0, 1_025])
      await expect(
        test.keys().importDataKey({ name: 'x', keyId, material: { plaintext: Buffer.alloc(size) } }),
      ).rejects.toMatchObject(code('InvalidParameter'))
  })

  it('has a name of its own', async () => {
    const one = await test.keys().hostDataKey({ keyId, name: 'one' })
    const two = await test.keys().hostDataKey({ keyId, name: 'two' })
    await expect(test.keys().hostDataKey({ keyId, name: 'one' })).rejects.toMatchObject(
      code('DataKeyNameAlreadyExists'),
    )
    await expect(test.keys().renameDataKey(two.dataKeyId, 'one')).rejects.toMatchObject(
      code('DataKeyNameAlreadyExists'),
    )
    await test.keys().renameDataKey(one.dataKeyId, 'three')
    await test.keys().renameDataKey(two.dataKeyId, 'one')
    for (const name of ['', '-a', 'a b', '键', 'a'.repeat(61)])
      await expect(test.keys().hostDataKey({ keyId, name })).rejects.toMatchObject(code('InvalidDataKeyName'))
    await test.keys().describeDataKeyAs(one.dataKeyId, 'b'.repeat(100))
    await expect(test.keys().describeDataKeyAs(one.dataKeyId, 'b'.repeat(101))).rejects.toMatchObject(
      code('InvalidParameter'),
    )
  })

  it('is of no use while its key is not', async () => {
    const { dataKeyId } = await test.keys().hostDataKey({ keyId, name: 'one' })
    await test.keys().disableKey(keyId)
    await expect(test.keys().dataKeyPlaintext(dataKeyId)).rejects.toMatchObject(code('KeyDisabled'))
    await test.keys().enableKey(keyId)
    await test.keys().dataKeyPlaintext(dataKeyId)
  })

  it('is destroyed when its window has passed', async () => {
    const { dataKeyId } = await test.keys().hostDataKey({ keyId, name: 'one' })
    await test.keys().disableDataKeys([dataKeyId])
    for (const days of [6, 31]) {
      const attempt = test.keys().scheduleDataKeyDeletion(dataKeyId, days)
      await expect(attempt).rejects.toMatchObject(code('InvalidPendingWindow'))
    }
    await test.keys().scheduleDataKeyDeletion(dataKeyId, 7)
    clock.days(6.9)
    await test.kms.runDueJobs()
    await test.keys().cancelDataKeyDeletion(dataKeyId)
    clock.days(1)
    await test.kms.runDueJobs()
    expect((await test.keys().describeDataKeys([dataKeyId]))[0]).toMatchObject({ state: 'Disabled', deletionAt: null })
    await test.keys().scheduleDataKeyDeletion(dataKeyId, 7)
    clock.days(7)
    await test.kms.runDueJobs()
    await expect(test.keys().describeDataKeys([dataKeyId])).rejects.toMatchObject(code('DataKeyNotFound'))
    expect(await test.kms.audit.list({ action: 'DeleteDataKey' })).toMatchObject([{ key: dataKeyId, outcome: 'ok' }])
    expect(await test.kms.audit.list({ action: 'CancelDataKeyDeletion' })).toMatchObject([{ key: dataKeyId }])
  })

  it('is listed with filters', async () => {
    for (const name of ['a_1', 'a-2', 'b']) await test.keys().hostDataKey({ keyId, name, numberOfBytes: name.length })
    const names = async (query: object) => {
      const { dataKeys, totalCount } = await test.keys().listDataKeys(query)
      expect(totalCount).toBeGreaterThanOrEqual(dataKeys.length)
      return dataKeys.map(({ name }) => name).sort()
    }
    expect(await names({})).toEqual(['a-2', 'a_1', 'b'])
    expect(await names({ limit: 1 })).toHaveLength(1)
    expect(await names({ nameContains: 'a_' })).toEqual(['a_1'])
    expect(await names({ numberOfBytes: 1 })).toEqual(['b'])
    expect(await names({ states: ['Disabled'] })).toEqual([])
    expect(await names({ keyId: 'alias/host', origin: 'KMS' })).toHaveLength(3)
    await expect(names({ keyId: randomUUID() })).rejects.toMatchObject(code('KeyNotFound'))
  })
})

const into: Record<HostedDataKeyState, (keys: KeyOperations, id: string) => Promise<unknown>> = {
  Enabled: async () => {},
  Disabled: (keys, id) => keys.disableDataKeys([id]),
  PendingDelete: async (keys, id) => {
    await keys.disableDataKeys([id])
    await keys.scheduleDataKeyDeletion(id, 7)
  },
}

const attempts: Record<DataKeyAction, (keys: KeyOperations, id: string) => Promise<unknown>> = {
  use: (keys, id) => keys.dataKeyPlaintext(id),
  describe: (keys, id) => keys.describeDataKeys([id]),
  enable: (keys, id) => keys.enableDataKeys([id]),
  disable: (keys, id) => keys.disableDataKeys([id]),
  scheduleDeletion: (keys, id) => keys.scheduleDataKeyDeletion(id, 30),
  cancelDeletion: (keys, id) => keys.cancelDataKeyDeletion(id),
}

describe.each(Object.keys(into) as HostedDataKeyState[])('a data key that is %s', (state) => {
  it.each(Object.keys(attempts) as DataKeyAction[])('does %s as the table says', async (action) => {
    const { dataKeyId } = await test.keys().hostDataKey({ keyId, name: 'one' })
    await into[state](test.keys(), dataKeyId)
    const outcome = dataKeyStates[state][action]
    const result = await attempts[action](test.keys(), dataKeyId).then(
      () => null,
      (error: unknown) => (isHufuError(error) ? error.code : error),
    )
    expect(result).toBe('error' in outcome ? outcome.error : null)
    const [shown] = await test.keys().describeDataKeys([dataKeyId])
    expect(shown?.state).toBe('next' in outcome ? outcome.next : state)
  })
})
