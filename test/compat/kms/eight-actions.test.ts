import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateRandomCommand,
  type KMSClient,
  paginateListKeys,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, awsKms, type TencentProfile, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

const plaintext = Buffer.from('attack at dawn')
const text = plaintext.toString('base64')

describe.each(Object.entries(backends))('the first actions on %s', (name, open) => {
  let running: KmsServer

  beforeAll(async () => {
    running = await startKms(open)
  })
  afterAll(() => running?.close())

  /** The bytes in a file, which both major versions of the aws command read alike. */
  async function file(base64: string): Promise<string> {
    const path = join(running.dir, randomUUID())
    await writeFile(path, Buffer.from(base64, 'base64'))
    return `fileb://${path}`
  }

  it('keeps its keys where it says', async () => {
    const { KeyMetadata } = await tencentClient(running).DescribeKey({ KeyId: 'alias/s3' })
    expect(KeyMetadata).toMatchObject({ ProtectionLevel: name === 'SoftHSM2' ? 'HSM' : 'SOFTWARE' })
  })

  it('serves the aws command', async () => {
    const created = await awsKms(running, 'create-key', '--description', 'by hand')
    const { KeyId, Arn, KeyState } = created.KeyMetadata as Record<string, string>
    if (KeyId === undefined || Arn === undefined) throw new Error('expected a key')
    expect({ Arn, KeyState }).toEqual({ Arn: `arn:aws:kms:local-1:000000000001:key/${KeyId}`, KeyState: 'Enabled' })

    const context = ['--encryption-context', 'purpose=test']
    const sealed = await awsKms(running, 'encrypt', '--key-id', KeyId, '--plaintext', await file(text), ...context)
    const blob = await file(String(sealed.CiphertextBlob))
    expect(await awsKms(running, 'decrypt', '--ciphertext-blob', blob, ...context)).toMatchObject({ Plaintext: text })

    const dataKey = await awsKms(running, 'generate-data-key', '--key-id', Arn, '--key-spec', 'AES_256')
    const opened = await awsKms(running, 'decrypt', '--ciphertext-blob', await file(String(dataKey.CiphertextBlob)))
    expect(opened.Plaintext).toBe(dataKey.Plaintext)

    await awsKms(running, 'disable-key', '--key-id', KeyId)
    await expect(awsKms(running, 'decrypt', '--ciphertext-blob', blob, ...context)).rejects.toThrow(/DisabledException/)
    await awsKms(running, 'enable-key', '--key-id', KeyId)
    const { KeyMetadata } = await awsKms(running, 'describe-key', '--key-id', KeyId)
    expect(KeyMetadata).toMatchObject({ KeyState: 'Enabled', Enabled: true, Description: 'by hand' })
    expect(JSON.stringify(await awsKms(running, 'list-keys'))).toContain(KeyId)
  })

  describe('@aws-sdk/client-kms', () => {
    let client: KMSClient
    let KeyId: string | undefined

    beforeAll(async () => {
      client = awsClient(running)
      KeyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId
    })
    afterAll(() => client?.destroy())

    it('encrypts and decrypts with a context', async () => {
      const EncryptionContext = { tenant: '7', é: 'ü' }
      const sealed = await client.send(new EncryptCommand({ KeyId, Plaintext: plaintext, EncryptionContext }))
      const { CiphertextBlob } = sealed
      const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId }))
      expect(Buffer.from(opened.Plaintext ?? [])).toEqual(plaintext)
      expect(opened.KeyId).toBe(sealed.KeyId)
      await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      })
    })

    it.each([
      [{ KeySpec: 'AES_128' as const }, 16],
      [{ KeySpec: 'AES_256' as const }, 32],
      [{ NumberOfBytes: 1 }, 1],
      [{ NumberOfBytes: 1024 }, 1024],
    ])('generates a data key for %j', async (size, bytes) => {
      const made = await client.send(new GenerateDataKeyCommand({ KeyId, ...size }))
      expect(made.Plaintext).toHaveLength(bytes)
      const opened = await client.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }))
      expect(opened.Plaintext).toEqual(made.Plaintext)
    })

    it('disables, enables, describes', async () => {
      await client.send(new DisableKeyCommand({ KeyId }))
      await expect(client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))).rejects.toMatchObject({
        name: 'DisabledException',
      })
      await client.send(new EnableKeyCommand({ KeyId }))
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }))
      expect(KeyMetadata).toMatchObject({
        KeySpec: 'SYMMETRIC_DEFAULT',
        KeyState: 'Enabled',
        KeyUsage: 'ENCRYPT_DECRYPT',
      })
      expect(KeyMetadata?.CreationDate?.getTime()).toBeGreaterThan(Date.now() - 60_000)
    })

    it('pages through the keys', async () => {
      for (let i = 0; i < 4; i++) await client.send(new CreateKeyCommand({}))
      const seen: (string | undefined)[] = []
      for await (const page of paginateListKeys({ client, pageSize: 2 }, {})) {
        expect(page.Keys?.length).toBeLessThanOrEqual(2)
        seen.push(...(page.Keys ?? []).map((key) => key.KeyId))
      }
      expect(seen).toContain(KeyId)
      expect(new Set(seen).size).toBe(seen.length)
    })

    it('makes random bytes', async () => {
      const { Plaintext } = await client.send(new GenerateRandomCommand({ NumberOfBytes: 1024 }))
      expect(Plaintext).toHaveLength(1024)
    })
  })

  it.each(['POST', 'GET'] as const)('serves localhost, and a path prefix, by %s', async (reqMethod) => {
    const { port } = running.server
    for (const endpoint of [`localhost:${port}`, `127.0.0.1:${port}/kms`]) {
      const client = tencentClient(running, { reqMethod, endpoint })
      expect((await client.DescribeKey({ KeyId: 'alias/s3' })).KeyMetadata?.Alias).toBe('s3')
    }
  })

  const ways: TencentProfile[] = [
    { reqMethod: 'POST', signMethod: 'TC3-HMAC-SHA256' },
    { reqMethod: 'GET', signMethod: 'TC3-HMAC-SHA256' },
    { reqMethod: 'POST', signMethod: 'HmacSHA256' },
    { reqMethod: 'GET', signMethod: 'HmacSHA256' },
    { reqMethod: 'POST', signMethod: 'HmacSHA1' },
    { reqMethod: 'GET', signMethod: 'HmacSHA1' },
  ]

  it.each(ways)('serves tencentcloud-sdk-nodejs by $reqMethod with $signMethod', async (way) => {
    const client = tencentClient(running, way)
    const Alias = `key-${way.reqMethod}-${way.signMethod}`
    const { KeyId = '', KeyState } = await client.CreateKey({
      Alias,
      Description: 'schlüssel 虎',
      Tags: [{ TagKey: 'team', TagValue: 'a b&c' }],
    })
    expect(KeyState).toBe('Enabled')

    const EncryptionContext = JSON.stringify({ tenant: '7' })
    const { CiphertextBlob = '' } = await client.Encrypt({ KeyId, Plaintext: text, EncryptionContext })
    expect(await client.Decrypt({ CiphertextBlob, EncryptionContext })).toMatchObject({ KeyId, Plaintext: text })
    await expect(client.Decrypt({ CiphertextBlob })).rejects.toMatchObject({
      code: 'InvalidParameterValue.InvalidCiphertext',
    })

    const dataKey = await client.GenerateDataKey({ KeyId, KeySpec: 'AES_128' })
    expect(Buffer.from(dataKey.Plaintext ?? '', 'base64')).toHaveLength(16)
    const opened = await client.Decrypt({ CiphertextBlob: dataKey.CiphertextBlob ?? '' })
    expect(opened.Plaintext).toBe(dataKey.Plaintext)

    await client.DisableKey({ KeyId })
    await expect(client.GenerateDataKey({ KeyId, NumberOfBytes: 32 })).rejects.toMatchObject({
      code: 'ResourceUnavailable.CmkDisabled',
    })
    await client.EnableKey({ KeyId })
    const { KeyMetadata } = await client.DescribeKey({ KeyId })
    expect(KeyMetadata).toMatchObject({
      Alias,
      Description: 'schlüssel 虎',
      KeyState: 'Enabled',
      Origin: 'TENCENT_KMS',
    })
    const { Keys, TotalCount } = await client.ListKeys({ Offset: 0, Limit: 200 })
    expect(Keys).toContainEqual({ KeyId })
    expect(TotalCount).toBe(Keys?.length)
    expect(Buffer.from((await client.GenerateRandom({ NumberOfBytes: 7 })).Plaintext ?? '', 'base64')).toHaveLength(7)
  })
})
