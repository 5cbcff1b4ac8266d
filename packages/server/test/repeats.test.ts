import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HufuError, sha256Hex, signSigV4, signTc3 } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asked, ask, type DialectName } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

let running: Running
beforeAll(async () => {
  running = await start()
})
afterAll(() => running?.close())

const stateOf = async (keyId: string) => (await running.keys.describeKey(keyId)).state
const repeats = () => running.kms.audit.list({ outcome: 'Replayed', newestFirst: true })

/** Another signature each: honest calls of this file must not share one by chance. */
let seconds = Math.floor(Date.now() / 1000)
const nextSecond = (): number => {
  seconds -= 1
  return seconds * 1000
}

describe.each(['aws', 'tencent'] as const)('the same signature again, of %s', (dialect: DialectName) => {
  it('makes no second key and is given the first one', async () => {
    const asked: Asked = { action: 'CreateKey', body: dialect === 'aws' ? {} : { Alias: 'once' }, at: nextSecond() }
    const { totalCount: before } = await running.keys.listKeys({})
    const first = await ask(dialect, running, asked)
    const second = await ask(dialect, running, asked)
    expect(first.error).toBeNull()
    expect(second).toEqual(first)
    expect((await running.keys.listKeys({})).totalCount).toBe(before + 1)
  })

  it('is answered and recorded, and does not act: enable, disable, enable of one second', async () => {
    const { keyId } = await running.keys.createKey({})
    await running.keys.disableKey(keyId)
    const at = nextSecond()
    const change = (action: string) => ask(dialect, running, { action, body: { KeyId: keyId }, at })
    const first = await change('EnableKey')
    await change('DisableKey')
    expect(await change('EnableKey')).toEqual(first)
    expect(await stateOf(keyId)).toBe('Disabled')
    const [repeat] = await repeats()
    const [original] = await running.kms.audit.list({ key: repeat?.key ?? '', action: 'EnableKey', outcome: 'ok' })
    const [own] = await running.kms.audit.list({ action: 'EnableKey', outcome: 'ok', newestFirst: true })
    expect(original).toBeUndefined()
    expect(repeat).toMatchObject({ action: 'EnableKey', key: keyId, principal: running.root.principal })
    expect(repeat?.detail).toContain(own?.requestId)
  })

  it('acts once when many come at a time', async () => {
    const asked: Asked = { action: 'CreateKey', body: dialect === 'aws' ? {} : { Alias: 'many' }, at: nextSecond() }
    const { totalCount: before } = await running.keys.listKeys({})
    const told = await Promise.all(Array.from({ length: 20 }, () => ask(dialect, running, asked)))
    for (const each of told) expect(each).toEqual(told[0])
    expect(told[0]?.error).toBeNull()
    expect((await running.keys.listKeys({})).totalCount).toBe(before + 1)
  })

  it('may be tried again when it was refused', async () => {
    const { keyId } = await running.keys.createKey({})
    await running.keys.scheduleKeyDeletion({ keyId, windowDays: 7, disableFirst: true })
    const asked: Asked = { action: 'EnableKey', body: { KeyId: keyId }, at: nextSecond() }
    expect((await ask(dialect, running, asked)).error).not.toBeNull()
    await running.keys.cancelKeyDeletion(keyId)
    expect((await ask(dialect, running, asked)).error).toBeNull()
    expect(await stateOf(keyId)).toBe('Enabled')
  })

  it('acts again where nothing is changed', async () => {
    const asked: Asked = { action: 'GenerateRandom', body: { NumberOfBytes: 32 }, at: nextSecond() }
    const [first, second] = [await ask(dialect, running, asked), await ask(dialect, running, asked)]
    expect(first.error).toBeNull()
    expect(second.body.Plaintext).not.toBe(first.body.Plaintext)
  })

  it('is answered again with a failure that may have changed something', async () => {
    let failures = 0
    const broken = await start((kms) => ({
      as: (caller) => ({
        ...kms.as(caller),
        enableKey: async () => {
          failures += 1
          throw new HufuError('Unavailable', 'the disk is away')
        },
      }),
    }))
    try {
      const { keyId } = await broken.keys.createKey({})
      const asked: Asked = { action: 'EnableKey', body: { KeyId: keyId }, at: nextSecond() }
      const first = await ask(dialect, broken, asked)
      expect(first.error).not.toBeNull()
      expect(await ask(dialect, broken, asked)).toEqual(first)
      expect(failures).toBe(1)
    } finally {
      await broken.close()
    }
  })
})

/** Signed as Tencent's SDKs do: nothing but `content-type` and `host`. */
async function sdkTencent(action: string, body: string, at: number): Promise<string> {
  const signed = { host: new URL(running.server.url).host, 'content-type': 'application/json' }
  const { accessKeyId, secretAccessKey } = running.root
  const request = { method: 'POST', path: '/', query: '', headers: signed, payloadHash: sha256Hex(body) }
  const signature = signTc3(request, { accessKeyId, secretAccessKey }, { service: 'kms', at })
  const headers = {
    'content-type': 'application/json',
    'x-tc-action': action,
    'x-tc-version': '2019-01-18',
    ...signature,
  }
  return (await fetch(running.server.url, { method: 'POST', headers, body })).text()
}

it('tells two actions of one body and second apart, whose signature does not', async () => {
  const { keyId } = await running.keys.createKey({})
  const at = nextSecond()
  const body = JSON.stringify({ KeyId: keyId })
  expect(await sdkTencent('DisableKey', body, at)).not.toContain('Error')
  expect(await stateOf(keyId)).toBe('Disabled')
  expect(await sdkTencent('EnableKey', body, at)).not.toContain('Error')
  expect(await stateOf(keyId)).toBe('Enabled')
})

describe('an answer with a secret', () => {
  const sts = { Action: 'CreateAccessKey', Version: '2010-05-08', UserName: 'olga' }

  async function createAccessKey(at: number): Promise<string> {
    const body = new URLSearchParams(sts).toString()
    const own = {
      host: new URL(running.server.url).host,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    }
    const request = { method: 'POST', path: '/', query: '', headers: own, payloadHash: sha256Hex(body) }
    const { accessKeyId, secretAccessKey } = running.root
    const signed = signSigV4(request, { accessKeyId, secretAccessKey }, { region: 'local-1', service: 'iam', at })
    const { host: _, ...headers } = { ...own, ...signed }
    return (await fetch(running.server.url, { method: 'POST', headers, body })).text()
  }

  it('is given again, and is in no file in the clear', async () => {
    await running.keys.createUser({ name: 'olga' })
    const at = nextSecond()
    const first = await createAccessKey(at)
    const secret = /<SecretAccessKey>(.+)<\/SecretAccessKey>/.exec(first)?.[1] ?? ''
    expect(secret).toHaveLength(40)
    expect(await createAccessKey(at)).toBe(first)
    const folder = dirname(running.file)
    for (const name of await readdir(folder))
      expect((await readFile(join(folder, name))).includes(secret), name).toBe(false)
    expect((await createAccessKey(nextSecond())).includes(secret)).toBe(false)
  })
})
