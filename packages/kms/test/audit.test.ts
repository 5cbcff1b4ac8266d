import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { caller, openTestKms, ROOT, type TestKms } from './open-test-kms.ts'

let test: TestKms

beforeEach(async () => {
  test = await openTestKms({ clock: () => 1_700_000_000_000 })
})

afterEach(() => test.close())

describe('the audit', () => {
  it('has a record of every request: allowed, denied, failed and malformed', async () => {
    const { keyId, arn } = await test.keys().createKey({})
    const { ciphertext } = await test.keys().encrypt({ keyId, plaintext: Buffer.from('x'), context: { a: '1' } })
    await test
      .keys()
      .decrypt({ ciphertext })
      .catch(() => {})
    await test
      .keys()
      .decrypt({ ciphertext: Buffer.from('nonsense') })
      .catch(() => {})
    await test
      .keys(`${ROOT}x`)
      .describeKey(keyId)
      .catch(() => {})
    await test
      .keys()
      .describeKey('alias/nothing')
      .catch(() => {})
    await test.keys().disableKey(keyId)
    await test.keys().generateRandom(1)
    await test
      .keys()
      .createKey({ alias: '?' })
      .catch(() => {})
    const records = await test.kms.audit.list()
    expect(records.map(({ action, outcome, key }) => [action, outcome, key])).toEqual([
      ['CreateKey', 'ok', arn],
      ['Encrypt', 'ok', arn],
      ['Decrypt', 'DecryptionFailed', arn],
      ['Decrypt', 'DecryptionFailed', null],
      ['DescribeKey', 'AccessDenied', arn],
      ['DescribeKey', 'KeyNotFound', 'alias/nothing'],
      ['DisableKey', 'ok', arn],
      ['GenerateRandom', 'ok', null],
      ['CreateKey', 'InvalidAlias', null],
    ])
    expect(records[1]).toMatchObject({
      at: 1_700_000_000_000,
      principal: ROOT,
      sourceIp: '127.0.0.1',
      context: { a: '1' },
    })
  })

  it('takes records of requests that never reached a key', async () => {
    const record = {
      requestId: randomUUID(),
      at: 5,
      action: 'Encrypt',
      principal: null,
      accessKeyId: 'AKIANOBODY',
      sourceIp: '127.0.0.1',
      key: null,
      outcome: 'UnknownAccessKey',
    } as const
    await test.kms.audit.append(record)
    expect(await test.kms.audit.list({ newestFirst: true, limit: 1 })).toMatchObject([record])
  })

  it('is asked by key, principal, action, outcome, time and place in the order', async () => {
    const { keyId, arn } = await test.keys().createKey({})
    await test.keys().disableKey(keyId)
    await test
      .keys()
      .encrypt({ keyId, plaintext: Buffer.from('x') })
      .catch(() => {})
    const actions = async (filter: object) => (await test.kms.audit.list(filter)).map(({ action }) => action)
    expect(await actions({ key: arn })).toEqual(['CreateKey', 'DisableKey', 'Encrypt'])
    expect(await actions({ outcome: 'KeyDisabled' })).toEqual(['Encrypt'])
    expect(await actions({ action: 'DisableKey', principal: ROOT })).toEqual(['DisableKey'])
    expect(await actions({ newestFirst: true, limit: 1 })).toEqual(['Encrypt'])
    const [first] = await test.kms.audit.list({ limit: 1 })
    expect(await actions({ after: first?.sequence })).toEqual(['DisableKey', 'Encrypt'])
    expect(await actions({ from: 1_700_000_000_001 })).toEqual([])
    expect(await actions({ to: 1_700_000_000_000 })).toEqual([])
    expect(await actions({ from: 1_700_000_000_000, to: 1_700_000_000_001 })).toHaveLength(3)
  })

  it('has every one of many concurrent requests', async () => {
    const { keyId } = await test.keys().createKey({})
    const requests = Array.from({ length: 500 }, () => caller())
    await Promise.all(requests.map((request) => test.kms.as(request).generateDataKey({ keyId })))
    const kept = new Set((await test.kms.audit.list()).map(({ requestId }) => requestId))
    expect(requests.every(({ requestId }) => kept.has(requestId))).toBe(true)
  })

  it('that can not be written fails the request', async () => {
    const { keyId } = await test.keys().createKey({})
    const db = new Sqlite(join(test.dir, 'kms.db'))
    db.exec('alter table audit rename to gone')
    await expect(test.keys().generateDataKey({ keyId })).rejects.toMatchObject({ code: 'Unavailable' })
    await expect(test.keys().disableKey(keyId)).rejects.toMatchObject({ code: 'Unavailable' })
    db.exec('alter table gone rename to audit')
    db.close()
    await test.keys().generateDataKey({ keyId })
  })
})
