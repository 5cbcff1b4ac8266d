import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RateLimit } from '../src/limit/rate-limit.ts'
import { ask } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

describe('a rate limit', () => {
  it('is of each asker, and fills again with time', () => {
    let now = 0
    const limit = new RateLimit(2, 'address', () => now)
    limit.take('a')
    limit.take('a')
    limit.take('b')
    expect(() => limit.take('a')).toThrow(expect.objectContaining({ code: 'RequestLimitExceeded' }))
    now += 499
    expect(() => limit.take('a')).toThrow()
    now += 1
    limit.take('a')
    expect(() => limit.take('a')).toThrow()
    now -= 1_000_000
    expect(() => limit.take('a')).toThrow()
  })

  it('of 0 is none', () => {
    const limit = new RateLimit(0, 'address', () => 0)
    for (let i = 0; i < 1000; i++) limit.take('a')
  })
})

describe.each(['perIdentity', 'perAddress'] as const)('a server with a limit %s', (which) => {
  let running: Running
  beforeAll(async () => {
    // The clock stands still, so that the bucket does not fill while the test runs.
    const now = Date.now()
    const limits = { perIdentity: 0, perAddress: 0, [which]: 2 }
    running = await start(undefined, { limits, clock: () => now })
  })
  afterAll(() => running?.close())

  it('refuses what is too much, as SDKs know it, and records that', async () => {
    const at = Date.now()
    for (const dialect of ['aws', 'tencent'] as const)
      expect((await ask(dialect, running, { action: 'ListKeys', at })).error).toBeNull()
    expect((await ask('aws', running, { action: 'ListKeys', at })).error).toBe('ThrottlingException')
    expect((await ask('tencent', running, { action: 'ListKeys', at })).error).toBe('RequestLimitExceeded')
    const [record] = await running.kms.audit.list({ newestFirst: true, limit: 1 })
    expect(record).toMatchObject({ outcome: 'RequestLimitExceeded', action: 'ListKeys' })
  })
})

describe('a limit of one identity, where an adapter asks for others', () => {
  const limits = { perIdentity: 2, perAddress: 0 }
  let running: Running
  beforeAll(async () => {
    const now = Date.now()
    running = await start(undefined, { limits, clock: () => now })
  })
  afterAll(() => running?.close())

  async function user(name: string, policy: string) {
    await running.keys.createUser({ name })
    await running.keys.attachPolicy({ kind: 'user', name }, `arn:aws:iam::aws:policy/${policy}`)
    const { accessKeyId, secretAccessKey: secret } = await running.keys.createAccessKey(name)
    return { accessKeyId, secret }
  }

  it('counts what is asked for each of them as their own, and what it may not as its own', async () => {
    const [adapter, busy, calm] = [
      await user('adapter', 'HufuAdapter'),
      await user('busy', 'HufuReadOnly'),
      await user('calm', 'HufuReadOnly'),
    ]
    const behalf = async (of: string) => {
      const headers = { 'x-hufu-on-behalf-of': of, 'x-hufu-via': 's3' }
      return (await ask('aws', running, { action: 'ListKeys', ...adapter, headers })).error
    }
    for (let i = 0; i < 2; i++) expect(await behalf(busy.accessKeyId)).toBeNull()
    expect(await behalf(busy.accessKeyId)).toBe('ThrottlingException')
    expect((await ask('aws', running, { action: 'ListKeys', ...busy })).error).toBe('ThrottlingException')
    for (let i = 0; i < 2; i++) expect(await behalf(calm.accessKeyId)).toBeNull()
    for (let i = 0; i < 2; i++) expect(await behalf(running.root.accessKeyId)).toBe('AccessDeniedException')
    expect(await behalf(running.root.accessKeyId)).toBe('ThrottlingException')
    expect((await ask('aws', running, { action: 'ListKeys', ...adapter })).error).toBe('ThrottlingException')
  })
})
