import { join } from 'node:path'
import * as kms from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flipMaterial } from '../../../packages/kms/test/flip-material.ts'
import { awsClient, tencentClient } from '../support/clients.ts'
import { type KmsServer, startKms } from '../support/kms-server.ts'
import { places } from '../support/matrix/places.ts'
import type { TestStore } from '../support/stores.ts'

/** What is asked of a key of each kind. */
const uses: readonly (readonly [
  kms.CreateKeyCommandInput,
  (client: kms.KMSClient, KeyId: string) => Promise<unknown>,
])[] = [
  [{}, (client, KeyId) => client.send(new kms.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))],
  [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, (client, KeyId) => signed(client, KeyId, 'RSASSA_PSS_SHA_256')],
  [{ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }, (client, KeyId) => signed(client, KeyId, 'ECDSA_SHA_256')],
  [{ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }, (client, KeyId) => signed(client, KeyId, 'SM2DSA')],
  [{ KeySpec: 'ML_DSA_65', KeyUsage: 'SIGN_VERIFY' }, (client, KeyId) => signed(client, KeyId, 'ML_DSA_SHAKE_256')],
  [
    { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    (client, KeyId) => client.send(new kms.GenerateMacCommand({ KeyId, Message, MacAlgorithm: 'HMAC_SHA_256' })),
  ],
]

const Message = Buffer.from('message')
const signed = (client: kms.KMSClient, KeyId: string, SigningAlgorithm: kms.SigningAlgorithmSpec) =>
  client.send(new kms.SignCommand({ KeyId, Message, SigningAlgorithm }))

/** In the store of the running service, which has not read it yet. */
const flip = ({ dir }: KmsServer, { location }: TestStore, keyId: string) =>
  flipMaterial(location ?? { client: 'sqlite', file: join(dir, 'kms.db') }, keyId, -10)

describe.each(places)('one flipped bit of wrapped material, with %s and %s', (_backend, _store, open, openStore) => {
  let store: TestStore
  let running: KmsServer
  let client: kms.KMSClient

  beforeAll(async () => {
    store = await openStore()
    running = await startKms(open, store.location)
    client = awsClient(running)
  })
  afterAll(async () => {
    client?.destroy()
    await running?.close()
    await store?.stop()
  })

  const newKey = async (input: kms.CreateKeyCommandInput) =>
    (await client.send(new kms.CreateKeyCommand(input))).KeyMetadata?.KeyId ?? ''

  it('is a typed error of that key alone, in both APIs, and the rest of the service goes on', async () => {
    for (const [input, use] of uses) {
      const [damaged, whole] = [await newKey(input), await newKey(input)]
      await flip(running, store, damaged)
      await expect(use(client, damaged)).rejects.toMatchObject({ name: 'KMSInternalException', code: 'Integrity' })
      await use(client, whole)
      const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId: damaged }))
      expect(KeyMetadata?.KeyState).toBe('Enabled')
    }
    const damaged = await newKey({})
    await flip(running, store, damaged)
    const asked = tencentClient(running).GenerateDataKey({ KeyId: damaged, KeySpec: 'AES_256' })
    await expect(asked).rejects.toMatchObject({ code: 'InternalError' })
    expect((await fetch(`${running.server.url}/readyz`)).status).toBe(200)
    expect(await running.kms.audit.list({ outcome: 'Integrity' })).toHaveLength(uses.length + 1)
  })
})
