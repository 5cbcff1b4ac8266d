import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asked, ask, type DialectName } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

let running: Running

beforeAll(async () => {
  running = await start()
})
afterAll(() => running?.close())

const CAM = { 'x-tc-version': '2019-01-16' }

/** What fails at each depth of a request's way: in the server, before its operation knows what it is about, in that. */
const failures: readonly (readonly [string, DialectName, Asked, string])[] = [
  ['an action that there is not', 'aws', { action: 'Unlock' }, 'InvalidAction'],
  ['a parameter that is malformed', 'aws', { action: 'Decrypt', body: { CiphertextBlob: 7 } }, 'InvalidParameter'],
  [
    'a decryption by RSA that names no key',
    'aws',
    { action: 'Decrypt', body: { CiphertextBlob: 'AAAA', EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' } },
    'MissingParameter',
  ],
  ['a role that is not named', 'tencent', { action: 'GetRole', headers: CAM }, 'MissingParameter'],
  ['a key that there is not', 'aws', { action: 'DescribeKey', body: { KeyId: 'alias/none' } }, 'KeyNotFound'],
]

describe('one record, durable before the answer, of', () => {
  it.each(failures)('%s', async (_, dialect, asked, outcome) => {
    const before = await running.kms.audit.list()
    expect((await ask(dialect, running, asked)).error).not.toBeNull()
    const after = await running.kms.audit.list()
    expect(after).toHaveLength(before.length + 1)
    const record = after.at(-1)
    expect(record).toMatchObject({ outcome })
    expect(record?.action).toContain(asked.action)
  })
})
