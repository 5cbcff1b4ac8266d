import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KeyEvent } from '@hufu/wire'
import { sigV4SigningKey } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { apiClient, type HttpKeyService, Hufu, httpAuthority, httpKeyService, hufuRegion } from '../src/index.ts'
import { Network, type Served, serve } from './support/server.ts'

let served: Served
let network: Network
let endpoint: string
const open: HttpKeyService[] = []

beforeAll(async () => {
  served = await serve('local-1')
  network = new Network(served.server.port)
  endpoint = await network.start()
})
afterAll(async () => {
  for (const one of open) await one.close()
  await network[Symbol.asyncDispose]()
  await served[Symbol.asyncDispose]()
})

function service(options: Partial<Parameters<typeof httpKeyService>[0]> = {}): HttpKeyService {
  const made = httpKeyService({ endpoint, region: 'local-1', credentials: served.credentials, ...options })
  open.push(made)
  return made
}
const context = { film: 'Ikiru' }
const keyId = 'alias/films'
const plaintext = Buffer.from('the order')

describe.each(['aws', 'tencent'] as const)('keys by the %s wire', (wire) => {
  it('wrap and unwrap, and data keys open again', async () => {
    const keys = service({ wire })
    const { ciphertext } = await keys.encrypt({ keyId, plaintext, context })
    expect(Buffer.from((await keys.decrypt({ ciphertext, context })).plaintext)).toEqual(plaintext)
    const made = await keys.generateDataKey({ keyId, context })
    expect(made.plaintext).toHaveLength(32)
    expect(made.keyId).toContain(served.region.keyId)
    const opened = await keys.decrypt({ ciphertext: made.ciphertext, context })
    expect(Buffer.from(opened.plaintext)).toEqual(Buffer.from(made.plaintext))
  })

  it('tell what went wrong by the same codes as in process', async () => {
    const keys = service({ wire })
    const { ciphertext } = await keys.encrypt({ keyId, plaintext, context })
    await expect(keys.decrypt({ ciphertext, context: {} })).rejects.toMatchObject({ code: 'DecryptionFailed' })
    await expect(keys.encrypt({ keyId: 'alias/none', plaintext })).rejects.toMatchObject({ code: 'KeyNotFound' })
    const wrong = service({ wire, credentials: { ...served.credentials, secretAccessKey: 'wrong' } })
    await expect(wrong.encrypt({ keyId, plaintext })).rejects.toMatchObject({ code: 'SignatureMismatch' })
    await served.region.operations.disableKey(served.region.keyId)
    await expect(keys.encrypt({ keyId, plaintext })).rejects.toMatchObject({ code: 'KeyDisabled' })
    await served.region.operations.enableKey(served.region.keyId)
  })
})

describe.each(['aws', 'tencent'] as const)('changes by the %s wire', (wire) => {
  it('are made each time they are asked for, also within one second', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const api = apiClient({ wire, endpoint, region: 'local-1', credentials: served.credentials })
    const states: boolean[] = []
    try {
      for (const action of ['DisableKey', 'EnableKey', 'DisableKey', 'EnableKey']) {
        await api.call(action, { KeyId: served.region.keyId }, { changes: true })
        states.push((await served.region.operations.describeKey(served.region.keyId)).state === 'Enabled')
      }
    } finally {
      vi.useRealTimers()
      await api.close()
    }
    expect(states).toEqual([false, true, false, true])
  })
})

describe('a network that fails', () => {
  it('is tried again, and a service that is gone is Unavailable', async () => {
    await using own = new Network(served.server.port)
    const keys = service({ endpoint: await own.start() })
    await keys.encrypt({ keyId, plaintext })
    own.cut()
    await keys.encrypt({ keyId, plaintext })
    own.state = 'refusing'
    own.cut()
    const before = own.connections
    await expect(keys.encrypt({ keyId, plaintext })).rejects.toMatchObject({ code: 'Unavailable' })
    expect(own.connections - before).toBe(3)
  })

  it('does not keep a caller longer than the deadline, nor than its signal', async () => {
    await using silent = new Network(served.server.port)
    silent.state = 'silent'
    const keys = service({ endpoint: await silent.start(), deadline: 200 })
    const started = performance.now()
    await expect(keys.encrypt({ keyId, plaintext })).rejects.toMatchObject({ code: 'Unavailable' })
    expect(performance.now() - started).toBeLessThan(8_000)
    const signal = AbortSignal.timeout(20)
    await expect(keys.encrypt({ keyId, plaintext }, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it.each(['', '<html>', '[]', '{"CiphertextBlob":"!"}'])(
    'an answer of something else is Unavailable: %j',
    async (body) => {
      const other = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1')
      await once(other, 'listening')
      const keys = service({ endpoint: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, attempts: 1 })
      await expect(keys.encrypt({ keyId, plaintext })).rejects.toMatchObject({ code: 'Unavailable' })
      other.close()
    },
  )

  it.each(['ftp://x', 'nowhere', ''])('an endpoint that is none is refused: %j', (endpoint) => {
    expect(() => httpKeyService({ endpoint, region: 'r', credentials: served.credentials })).toThrow('endpoint')
  })
})

describe('the authority of an adapter', () => {
  const scope = { date: '20261124', region: 'local-1', service: 's3' }

  it('gives signing keys, and acts on behalf of the signer', async () => {
    const authority = httpAuthority({ endpoint, region: 'local-1', credentials: served.credentials, via: 's3' })
    const { accessKeyId, secretAccessKey } = served.credentials
    const signer = await authority.signer(accessKeyId, scope)
    expect(signer?.principal).toBe('arn:aws:iam::000000000001:root')
    expect(Buffer.from(signer?.signingKey ?? [])).toEqual(Buffer.from(sigV4SigningKey(secretAccessKey, scope)))
    await signer?.keys.generateDataKey({ keyId, context })
    const [record] = await served.region.kms.audit.list({ newestFirst: true, limit: 1 })
    expect(record).toMatchObject({ action: 'GenerateDataKey', accessKeyId, via: 's3' })
    expect(await authority.signer('AKIANOBODY', scope)).toBe(null)
    await authority.close()
  })

  it.each([
    ['lasting', undefined, 1],
    ['temporary', 3_600, 1],
    ['ended', -1, 2],
  ])('believes a signer of %s credentials no longer than they are good', async (_, left, asked) => {
    const answers: string[] = []
    const end = left === undefined ? {} : { Expiration: Date.now() / 1000 + left }
    const answer = JSON.stringify({ Principal: 'user', SigningKey: Buffer.alloc(32).toString('base64'), ...end })
    const other = createServer((request, response) => {
      // The stream of events is never answered: what came by it would have all signers asked for again.
      if (request.method !== 'POST') return
      answers.push(answer)
      response.end(answer)
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const at = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const authority = httpAuthority({ endpoint: at, region: 'local-1', credentials: served.credentials, via: 's3' })
    for (const token of ['token', 'token']) await authority.signer('ASIAUSER', scope, token)
    expect(answers).toHaveLength(asked)
    await authority.close()
    other.closeAllConnections()
    other.close()
  })

  it('hears changes, comes back after the stream was cut, and then says that anything may have changed', async () => {
    await using own = new Network(served.server.port)
    const options = { endpoint: await own.start(), region: 'local-1', credentials: served.credentials, via: 's3' }
    const authority = httpAuthority(options)
    const heard: KeyEvent[] = []
    const next = (wanted: string) =>
      new Promise<void>((resolve) => {
        const stop = authority.events.subscribe((event) => {
          heard.push(event)
          if (event.keyId !== wanted) return
          stop()
          resolve()
        })
      })
    await next('*')
    const changed = next(served.region.keyId)
    await served.region.operations.disableKey(served.region.keyId)
    await changed
    expect(authority.events.connected).toBe(true)
    const again = next('*')
    own.cut()
    await again
    const enabled = next(served.region.keyId)
    await served.region.operations.enableKey(served.region.keyId)
    await enabled
    await authority.close()
    expect(authority.events.connected).toBe(false)
  })
})

it('a key that is disabled stops working in a client as soon as the event arrives', async () => {
  const region = hufuRegion({ endpoint, region: 'local-1', credentials: served.credentials })
  await new Promise<void>((resolve) => region.events?.subscribe(() => resolve()))
  using hufu = new Hufu({ regions: [region] })
  const sealed = await hufu.encrypt('order', { keys: [keyId], context })
  await hufu.decrypt(sealed, { context })
  await served.region.operations.disableKey(served.region.keyId)
  const disabled = performance.now()
  const isRefused = () =>
    hufu.decrypt(sealed, { context }).then(
      () => false,
      () => true,
    )
  await expect.poll(isRefused, { interval: 5 }).toBe(true)
  expect(performance.now() - disabled).toBeLessThan(20_000)
  await expect(hufu.decrypt(sealed, { context })).rejects.toMatchObject({ code: 'KeyDisabled' })
  await served.region.operations.enableKey(served.region.keyId)
  await region.close()
})
