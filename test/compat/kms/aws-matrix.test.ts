import { errorCatalogue } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { awsCases } from '../support/matrix/aws-cases.ts'
import { awsSdkClient } from '../support/matrix/aws-sdk-client.ts'
import { type Client, REFUSED_BY_CLIENT } from '../support/matrix/case.ts'
import { notAnswered } from '../support/matrix/not-answered.ts'
import { places } from '../support/matrix/places.ts'
import { type Known, type PythonClient, pythonClient } from '../support/matrix/python-client.ts'
import { World } from '../support/matrix/world.ts'
import type { TestStore } from '../support/stores.ts'

/** The clients of the AWS dialect: one list of cases for all of them. */
const clients: Readonly<Record<string, (server: KmsServer) => Promise<Client>>> = {
  '@aws-sdk/client-kms': async (server) => awsSdkClient(server),
  boto3: (server) => pythonClient('boto3', server),
  'the aws command': (server) => pythonClient('aws', server),
}

describe.each(places)('on %s and %s', (_backend, _store, open, openStore) => {
  let store: TestStore
  let running: KmsServer
  let world: World

  beforeAll(async () => {
    store = await openStore()
    running = await startKms(open, store.location)
    world = new World(running)
  })
  afterAll(async () => {
    await running?.close()
    await store?.stop()
  })

  describe.each(Object.entries(clients))('%s', (_name, connect) => {
    let client: Client

    beforeAll(async () => {
      client = await connect(running)
    })
    afterAll(() => client?.close())

    it.each(awsCases)('$action of $of: $outcome', async ({ action, outcome, request, answer }) => {
      const asked = await request(world)
      const got = await client.call(action, asked)
      // An older client that has not heard of it refuses by itself; the newest of them is asked all the same.
      if (!client.knows(action, asked)) expect(got).toEqual({ error: REFUSED_BY_CLIENT })
      else if (outcome === 'ok') expect(got).toMatchObject({ answer: answer?.(asked, world) ?? {} })
      else expect(got).toEqual({ error: errorCatalogue[outcome].aws })
    })
  })
})

/** What botocore's model, which AWS writes, documents of each action that has cases. */
const documented = (model: Readonly<Record<string, Known>>): readonly (readonly [action: string, error: string])[] =>
  [...new Set(awsCases.map(({ action }) => action))].flatMap((action) =>
    (model[action]?.errors ?? []).map((error) => [action, error] as const),
  )

const answered = (action: string, error: string): boolean =>
  awsCases.some((one) => one.action === action && one.outcome !== 'ok' && errorCatalogue[one.outcome].aws === error)

describe('every error that AWS documents of these actions', () => {
  it('has a case, or a reason why it is not answered', async () => {
    const [open] = Object.values(backends)
    if (open === undefined) throw new Error('expected a backend')
    const running = await startKms(open)
    const client: PythonClient = await pythonClient('boto3', running)
    const missing = documented(client.model).filter(
      ([action, error]) => !answered(action, error) && !(error in notAnswered.all || notAnswered.of[error]?.[action]),
    )
    await client.close()
    await running.close()
    expect(missing.map((pair) => pair.join(': '))).toEqual([])
  })
})
