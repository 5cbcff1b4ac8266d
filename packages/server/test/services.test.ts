import { Secret } from '@hufu/crypto'
import { EMPTY_SHA256, signSigV4, sigV4SigningKey } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

/** A user beside root: who has an access key and is no service. */
const user = { accessKeyId: 'AKIAUSER', secret: 'user secret', principal: 'arn:aws:iam::000000000001:user/u' }

let running: Running
let active = true

beforeAll(async () => {
  running = await start((kms) => ({
    identities: {
      used: async () => {},
      certified: async () => null,
      find: async (accessKeyId) =>
        accessKeyId === user.accessKeyId
          ? { ...user, secret: Secret.take(Buffer.from(user.secret)), active }
          : kms.identities.find(accessKeyId),
    },
  }))
})
afterAll(() => running?.close())

describe('GetSigningKey', () => {
  const scope = { date: '20261124', region: 'local-1', service: 's3' }
  const body = { AccessKeyId: user.accessKeyId, Date: scope.date, Region: scope.region, Service: scope.service }
  const action = 'HufuService.GetSigningKey'

  it('gives a service the key of one scope, and records that', async () => {
    const told = await ask('aws', running, { action, body })
    const SigningKey = Buffer.from(sigV4SigningKey(user.secret, scope)).toString('base64')
    expect(told.body).toEqual({ Principal: user.principal, SigningKey })
    const [record] = await running.kms.audit.list({ newestFirst: true, limit: 1 })
    expect(record).toMatchObject({ outcome: 'ok', action, key: user.accessKeyId })
  })

  it('tells when temporary credentials end', async () => {
    const session = await running.keys.sessionToken({})
    const { accessKeyId: AccessKeyId, sessionToken: SessionToken } = session
    const told = await ask('aws', running, { action, body: { ...body, AccessKeyId, SessionToken } })
    expect(told.body).toMatchObject({ Expiration: session.expiresAt / 1000 })
  })

  it('gives nobody else one', async () => {
    const told = await ask('aws', running, { action, body, accessKeyId: user.accessKeyId, secret: user.secret })
    expect(told.error).toBe('AccessDeniedException')
  })

  it('knows no key of who is unknown', async () => {
    const told = await ask('aws', running, { action, body: { ...body, AccessKeyId: 'AKIANOBODY' } })
    expect(told.error).toBe('UnrecognizedClientException')
  })
})

describe('on behalf of', () => {
  const action = 'ListKeys'
  const headers = { 'x-hufu-on-behalf-of': user.accessKeyId, 'x-hufu-via': 's3' }

  it('a service acts as whom it names', async () => {
    await ask('aws', running, { action, headers })
    const [record] = await running.kms.audit.list({ newestFirst: true, limit: 1 })
    const service = running.root.principal
    expect(record).toMatchObject({ principal: user.principal, accessKeyId: user.accessKeyId, via: 's3', service })
  })

  it('the names must be signed', async () => {
    const { 'x-hufu-via': via, ...name } = headers
    const told = await ask('aws', running, { action, headers: name, unsigned: { 'x-hufu-via': via } })
    expect(told.error).toBe('InvalidSignatureException')
    expect(await ask('aws', running, { action, unsigned: headers })).toMatchObject({
      error: 'InvalidSignatureException',
    })
  })

  it('nobody else may', async () => {
    const as = { accessKeyId: user.accessKeyId, secret: user.secret }
    const told = await ask('aws', running, {
      action,
      ...as,
      headers: { 'x-hufu-on-behalf-of': running.root.accessKeyId },
    })
    expect(told.error).toBe('AccessDeniedException')
  })
})

describe('GET /events', () => {
  function open({ accessKeyId, secretAccessKey } = running.root): Promise<Response> {
    const url = `${running.server.url}/events`
    const headers = { host: new URL(url).host }
    const request = { method: 'GET', path: '/events', query: '', headers, payloadHash: EMPTY_SHA256 }
    const target = { region: 'local-1', service: 'kms', at: Date.now() }
    return fetch(url, { headers: signSigV4(request, { accessKeyId, secretAccessKey }, target) })
  }

  it('is for signed requests only', async () => {
    expect((await open({ ...running.root, secretAccessKey: 'wrong' })).status).toBe(400)
    expect((await fetch(`${running.server.url}/events`)).status).toBe(400)
    const outcomes = (await running.kms.audit.list({ action: 'ListenToKeyEvents' })).map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['SignatureMismatch', 'MissingAuthentication'])
  })

  it('ends when the access key is made inactive', async () => {
    const response = await open({ ...running.root, accessKeyId: user.accessKeyId, secretAccessKey: user.secret })
    const told = response.text()
    active = false
    expect(await told).toMatch(/^(event: status\ndata: {"connected":true}\n\n)+$/)
    active = true
  })

  it('tells of a change, and ends when the server closes', async () => {
    const { keyId } = await running.keys.createKey({})
    const response = await open()
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const [record] = await running.kms.audit.list({ action: 'ListenToKeyEvents', newestFirst: true, limit: 1 })
    expect(record).toMatchObject({ principal: running.root.principal, outcome: 'ok' })
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toContain('{"connected":true}')
    await running.keys.disableKey(keyId)
    expect((await reader.read()).value).toBe(`event: key\ndata: {"keyId":"${keyId}","change":"state"}\n\n`)
    await running.server.close()
    expect((await reader.read()).done).toBe(true)
  })
})
