import * as kms from '@aws-sdk/client-kms'
import { actions, errorCatalogue, refusedAws, refusedTencent } from '@hufu/wire'
import { kms as tencentKms } from 'tencentcloud-sdk-nodejs/tencentcloud/services/kms/index.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, awsKms, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

let running: KmsServer

beforeAll(async () => {
  const [open] = Object.values(backends)
  if (open === undefined) throw new Error('expected a backend')
  running = await startKms(open)
})
afterAll(() => running?.close())

describe('by the real clients', () => {
  const none = '00000000-0000-4000-8000-000000000000'
  /** The same question of the AWS SDK and of Tencent's. */
  const ask = async (use: { readonly root?: KmsServer['root'] } = {}) => {
    const to = { ...running, ...use }
    const client = awsClient(to)
    const aws = await client.send(new kms.DescribeKeyCommand({ KeyId: none })).catch((error) => error.name)
    client.destroy()
    const tencent = await tencentClient(to)
      .DescribeKey({ KeyId: none })
      .catch((error) => error.code)
    return { aws, tencent }
  }
  const named = ({ aws, tencent }: { aws: string; tencent: string }) => ({ aws, tencent })

  it('an unknown key', async () => {
    expect(await ask()).toEqual(named(errorCatalogue.KeyNotFound))
  })

  it('a wrong secret', async () => {
    const root = { ...running.root, secretAccessKey: 'wrong' }
    expect(await ask({ root })).toEqual(named(errorCatalogue.SignatureMismatch))
  })

  it('an unknown access key', async () => {
    const root = { ...running.root, accessKeyId: 'AKIANOBODY' }
    expect(await ask({ root })).toEqual(named(errorCatalogue.UnknownAccessKey))
  })

  it.each([-301_000, 301_000])('a clock that is %d ms off', async (skew) => {
    running.skew = skew
    expect(await ask()).toEqual(named(errorCatalogue.SignatureExpired))
    running.skew = 0
  })

  it('a body that is too large', async () => {
    const client = awsClient(running)
    const Plaintext = Buffer.alloc(100_000)
    await expect(client.send(new kms.EncryptCommand({ KeyId: 'alias/s3', Plaintext }))).rejects.toThrow(
      expect.objectContaining({ name: errorCatalogue.BodyTooLarge.aws }),
    )
    client.destroy()
    const asked = tencentClient(running).Encrypt({ KeyId: 'alias/s3', Plaintext: Plaintext.toString('base64') })
    await expect(asked).rejects.toThrow(expect.objectContaining({ code: errorCatalogue.BodyTooLarge.tencent }))
  })

  it('reads as a sentence with a hint at the aws command', async () => {
    const asked = awsKms(running, 'describe-key', '--key-id', none)
    await expect(asked).rejects.toThrow(/\(NotFoundException\).*expected .*; list the keys with: hufu key list/s)
  })
})

describe('every action that the clients know', () => {
  const awsNames = Object.keys(kms).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? [])
  const tencentNames = Object.getOwnPropertyNames(tencentKms.v20190118.Client.prototype)
  /** Of the KMS's own API: those of CAM and STS have another version. */
  const served = (dialect: 'aws' | 'tencent') =>
    actions.flatMap(({ [dialect]: form }) => (form === undefined || form.version !== undefined ? [] : [form.name]))

  it('is listed as served or as refused, and nothing else is', () => {
    const sorted = (names: readonly string[]) => [...names].sort()
    expect(sorted([...served('aws'), ...refusedAws.map(({ name }) => name)])).toEqual(sorted(awsNames))
    const tencent = [...served('tencent'), ...refusedTencent.map(({ name }) => name)]
    expect(sorted(tencent)).toEqual(sorted(tencentNames.filter((name) => name !== 'constructor')))
  })

  /** Of the AWS SDK, with no parameters: `served`, or the error's name. */
  async function awsAnswer(client: kms.KMSClient, name: string): Promise<string> {
    // Which command it is makes no difference to `send`.
    const Command = Reflect.get(kms, `${name}Command`) as new (request: object) => kms.ListKeysCommand
    return client.send(new Command({})).then(
      () => 'served',
      (error) => error.name,
    )
  }

  it('is refused, or known, to the AWS SDK as the table says', async () => {
    const client = awsClient(running)
    for (const { name } of refusedAws) expect(await awsAnswer(client, name)).toBe('UnsupportedOperationException')
    for (const name of served('aws'))
      expect(['UnknownOperationException', 'UnsupportedOperationException']).not.toContain(
        await awsAnswer(client, name),
      )
    client.destroy()
  })

  it('is refused where the table says so', async () => {
    const client = tencentClient(running)
    for (const { name } of refusedTencent)
      await expect(client.request(name, {})).rejects.toThrow(expect.objectContaining({ code: 'UnsupportedOperation' }))
  })

  it('is known to the server where the table says so', async () => {
    const client = tencentClient(running)
    for (const name of served('tencent')) {
      const code = await client.request(name, {}).then(
        () => 'served',
        (error) => error.code,
      )
      expect(['InvalidAction', 'UnsupportedOperation']).not.toContain(code)
    }
  })
})
