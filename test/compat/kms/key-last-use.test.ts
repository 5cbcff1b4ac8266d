import * as kms from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { stores, type TestStore } from '../support/stores.ts'

describe.each(Object.keys(stores))('the last use of a key, on %s', (name) => {
  let store: TestStore | undefined
  let running: KmsServer
  let client: kms.KMSClient

  beforeAll(async () => {
    store = await stores[name]?.()
    running = await startKms(backends['the software token'] as never, store?.location)
    client = awsClient(running)
  })
  afterAll(async () => {
    client?.destroy()
    await running?.close()
    await store?.stop()
  })

  const newKey = async (input: kms.CreateKeyCommandInput = {}) =>
    (await client.send(new kms.CreateKeyCommand(input))).KeyMetadata?.KeyId ?? ''
  const encrypt = (KeyId: string) => client.send(new kms.EncryptCommand({ KeyId, Plaintext: Buffer.from('plaintext') }))
  const usage = (KeyId: string, by = client) => by.send(new kms.GetKeyLastUsageCommand({ KeyId }))
  const operation = async (KeyId: string) => (await usage(KeyId)).KeyLastUsage?.Operation

  it('is none of a new key, whatever is asked about it', async () => {
    const KeyId = await newKey()
    const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId }))
    await client.send(new kms.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }))
    const { $metadata: _, ...answer } = await usage(KeyId)
    const made = KeyMetadata?.CreationDate
    expect(answer).toEqual({ KeyId, KeyLastUsage: {}, TrackingStartDate: made, KeyCreationDate: made })
  })

  it('is the last one that succeeded, with its request and its time', async () => {
    const KeyId = await newKey()
    const before = Date.now()
    const { CiphertextBlob, $metadata } = await encrypt(KeyId)
    const { KeyLastUsage } = await usage(KeyId)
    expect(KeyLastUsage).toMatchObject({
      Operation: 'Encrypt',
      KmsRequestId: $metadata.requestId,
      CloudTrailEventId: $metadata.requestId,
    })
    expect(KeyLastUsage?.Timestamp?.getTime()).toBeGreaterThanOrEqual(before)
    expect(KeyLastUsage?.Timestamp?.getTime()).toBeLessThanOrEqual(Date.now())
    const broken = Buffer.from(CiphertextBlob ?? [])
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1
    const refused = client.send(new kms.DecryptCommand({ CiphertextBlob: broken }))
    await expect(refused).rejects.toMatchObject({ name: 'InvalidCiphertextException' })
    expect((await usage(KeyId)).KeyLastUsage).toEqual(KeyLastUsage)
    await client.send(new kms.DecryptCommand({ CiphertextBlob }))
    expect(await operation(KeyId)).toBe('Decrypt')
  })

  it('is told of both keys of a re-encryption, of signatures, of MACs and of what Tencent clients do', async () => {
    const [from, to, sm2, hmac, asked] = [
      await newKey(),
      await newKey(),
      await newKey({ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }),
      await newKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
      await newKey(),
    ]
    const { CiphertextBlob } = await encrypt(from)
    await client.send(new kms.ReEncryptCommand({ CiphertextBlob, DestinationKeyId: to }))
    const Message = Buffer.from('message')
    await client.send(new kms.SignCommand({ KeyId: sm2, Message, SigningAlgorithm: 'SM2DSA' }))
    await client.send(new kms.GenerateMacCommand({ KeyId: hmac, Message, MacAlgorithm: 'HMAC_SHA_256' }))
    await tencentClient(running).GenerateDataKey({ KeyId: asked, KeySpec: 'AES_256' })
    const told = await Promise.all([from, to, sm2, hmac, asked].map(operation))
    expect(told).toEqual(['ReEncrypt', 'ReEncrypt', 'Sign', 'GenerateMac', 'GenerateDataKey'])
  })

  it('is kept when the audit is cut, and found by the job before anybody asks', async () => {
    const [cut, found] = [await newKey(), await newKey()]
    await encrypt(cut)
    await encrypt(found)
    await running.kms.runDueJobs()
    await running.kms.proof.sign()
    running.kmsSkew += 60_000
    expect(await running.kms.proof.cut(Date.now() + running.kmsSkew)).not.toEqual([])
    running.kmsSkew -= 60_000
    expect(await operation(cut)).toBe('Encrypt')
    expect(await operation(found)).toBe('Encrypt')
  })

  it('is refused of what is no key', async () => {
    const unknown = usage('00000000-0000-0000-0000-000000000000')
    await expect(unknown).rejects.toMatchObject({ name: 'NotFoundException' })
  })
})

describe('the last use of a key of two processes on one store', () => {
  it('is the later one, whichever of them it was asked of', async () => {
    const store = await stores.PostgreSQL?.()
    const running: KmsServer[] = []
    try {
      const dir = await startKms(backends['the software token'] as never, store?.location)
      running.push(dir)
      const other = await startKms(
        () => (backends['the software token'] as NonNullable<(typeof backends)[string]>)(dir.dir),
        store?.location,
      )
      running.push(other)
      const [one, two] = [awsClient(dir), awsClient(other)]
      const { KeyMetadata } = await one.send(new kms.CreateKeyCommand({}))
      const KeyId = KeyMetadata?.KeyId ?? ''
      const sealed = await one.send(new kms.EncryptCommand({ KeyId, Plaintext: Buffer.from('plaintext') }))
      const opened = await two.send(new kms.DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }))
      for (const client of [one, two]) {
        const { KeyLastUsage } = await client.send(new kms.GetKeyLastUsageCommand({ KeyId }))
        expect(KeyLastUsage).toMatchObject({ Operation: 'Decrypt', KmsRequestId: opened.$metadata.requestId })
      }
      one.destroy()
      two.destroy()
    } finally {
      for (const one of running.reverse()) await one.close()
      await store?.stop()
    }
  })
})
