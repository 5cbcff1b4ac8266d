import { actions, errorCatalogue } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KmsServer, startKms } from '../support/kms-server.ts'
import type { Case, Client } from '../support/matrix/case.ts'
import { places } from '../support/matrix/places.ts'
import { tencentCases } from '../support/matrix/tencent-cases.ts'
import { tencentDocumented } from '../support/matrix/tencent-documented.ts'
import { tencentErrorCases } from '../support/matrix/tencent-error-cases.ts'
import { tencentNotAnswered } from '../support/matrix/tencent-not-answered.ts'
import { tencentSdkClient } from '../support/matrix/tencent-sdk-client.ts'
import { World } from '../support/matrix/world.ts'
import type { TestStore } from '../support/stores.ts'

const cases = [...tencentCases, ...tencentErrorCases]

/** One request of each action that succeeds when who asks may. */
const good = new Map([...cases].reverse().flatMap((one) => (one.outcome === 'ok' ? [[one.action, one] as const] : [])))

/** What they answer is the same for everybody. */
const forAnybody = new Set(['GetRegions', 'ListAlgorithms'])

describe.each(places)('on %s and %s', (_backend, _store, open, openStore) => {
  let store: TestStore
  let running: KmsServer
  let world: World
  let client: Client
  let nobody: Client

  beforeAll(async () => {
    store = await openStore()
    running = await startKms(open, store.location)
    world = new World(running)
    client = tencentSdkClient(running)
    const keys = running.kms.as({ ...running.root, requestId: 'test', sourceIp: 'test' })
    await keys.createUser({ name: 'nobody' })
    nobody = tencentSdkClient({ ...running, root: { ...running.root, ...(await keys.createAccessKey('nobody')) } })
  })
  afterAll(async () => {
    await client?.close()
    await nobody?.close()
    await running?.close()
    await store?.stop()
  })

  it.each(tencentErrorCases)('$action of $of: $outcome', async ({ action, outcome, request, answer }) => {
    const asked = await request(world)
    const got = await client.call(action, asked)
    if (outcome === 'ok') expect(got).toMatchObject({ answer: answer?.(asked, world) ?? {} })
    else expect(got).toEqual({ error: errorCatalogue[outcome].tencent })
  })

  describe('what every action refuses', () => {
    const asked = async ({ action, request }: Case, more: object = {}, by = client) =>
      by.call(action, { ...(await request(world)), ...more })

    it.each([...good.values()])('$action', async (one) => {
      const unpermitted = { error: errorCatalogue.AccessDenied.tencent }
      if (!forAnybody.has(one.action)) expect(await asked(one, {}, nobody)).toEqual(unpermitted)
      expect(await asked(one, { Nonsense: 1 })).toEqual({ error: errorCatalogue.UnknownParameter.tencent })
      for (const name of Object.keys(await one.request(world)))
        expect(await asked(one, { [name]: { not: ['of', 'its', 'type'] } }), name).toEqual({
          error: expect.stringMatching(/^(InvalidParameter|InvalidParameterValue\..+)$/),
        })
    })
  })
})

describe('the cases', () => {
  const answered = (action: string, error: string): boolean =>
    cases.some((one) => one.action === action && one.outcome !== 'ok' && errorCatalogue[one.outcome].tencent === error)

  it('have every error that Tencent documents of every action, or there is a reason why it is not answered', () => {
    const missing = [...tencentDocumented].flatMap(([action, errors]) =>
      errors
        .filter((error) => !(error in tencentNotAnswered.all || tencentNotAnswered.of[error]?.[action]))
        .filter((error) => !answered(action, error))
        .map((error) => `${action}: ${error}`),
    )
    expect(missing).toEqual([])
  })

  it('have no reason for an error that is answered', () => {
    const idle = Object.entries(tencentNotAnswered.of).flatMap(([error, of]) =>
      Object.keys(of).filter((action) => answered(action, error)),
    )
    expect(idle).toEqual([])
  })

  it('have a success of every action that is served', () => {
    const served = actions.flatMap(({ tencent }) =>
      tencent === undefined || tencent.version !== undefined ? [] : [tencent.name],
    )
    expect(served.filter((name) => tencentDocumented.has(name) && !good.has(name))).toEqual([])
    expect([...tencentDocumented.keys()].filter((name) => !served.includes(name))).toEqual([])
  })
})
