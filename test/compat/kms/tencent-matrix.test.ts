import { Agent } from 'node:https'
import { errorCatalogue } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TencentProfile } from '../support/clients.ts'
import { type KmsServer, startKms } from '../support/kms-server.ts'
import type { Client } from '../support/matrix/case.ts'
import { places } from '../support/matrix/places.ts'
import { tencentCases } from '../support/matrix/tencent-cases.ts'
import { tencentSdkClient } from '../support/matrix/tencent-sdk-client.ts'
import { World } from '../support/matrix/world.ts'
import type { TestStore } from '../support/stores.ts'
import { type TlsFront, tlsFront } from '../support/tls-front.ts'

/** The ways that Tencent's SDK has to ask. */
const ways: Readonly<Record<string, (front: TlsFront) => TencentProfile>> = {
  'POST, TC3': () => ({}),
  'GET, TC3': () => ({ reqMethod: 'GET' }),
  'POST, HmacSHA256': () => ({ signMethod: 'HmacSHA256' }),
  'GET, HmacSHA1': () => ({ reqMethod: 'GET', signMethod: 'HmacSHA1' }),
  'POST, TC3, https': ({ port, certificate }) => ({
    protocol: 'https://',
    endpoint: `localhost:${port}`,
    agent: new Agent({ ca: certificate }),
  }),
}

describe.each(places)('on %s and %s', (_backend, _store, open, openStore) => {
  let store: TestStore
  let running: KmsServer
  let front: TlsFront
  let world: World

  beforeAll(async () => {
    store = await openStore()
    running = await startKms(open, store.location)
    front = await tlsFront(running.server.port)
    world = new World(running)
  })
  afterAll(async () => {
    await front?.close()
    await running?.close()
    await store?.stop()
  })

  describe.each(Object.entries(ways))('by %s', (_name, profile) => {
    let client: Client

    beforeAll(() => {
      client = tencentSdkClient(running, profile(front))
    })
    afterAll(() => client?.close())

    it.each(tencentCases)('$action of $of: $outcome', async ({ action, outcome, request, answer }) => {
      const asked = await request(world)
      const got = await client.call(action, asked)
      if (outcome === 'ok') expect(got).toMatchObject({ answer: answer?.(asked, world) ?? {} })
      else expect(got).toEqual({ error: errorCatalogue[outcome].tencent })
    })
  })
})
