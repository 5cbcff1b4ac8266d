import { join } from 'node:path'
import { DecryptCommand, EncryptCommand, ListKeysCommand } from '@aws-sdk/client-kms'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { directoryStore, type S3Proxy, startS3Proxy } from '@hufu/s3-proxy'
import { type HttpAuthority, Hufu, httpAuthority, hufuRegion } from '@hufu/sdk'
import type { KeyOperations } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allow, type ClientCredentials, kmsClient, trust } from '../support/identity-clients.ts'
import { backends, type KmsServer, REGION, startKms } from '../support/kms-server.ts'

const ACCOUNT = '000000000001'
const SOON = { timeout: 30_000 }

let running: KmsServer
let root: KeyOperations
let authority: HttpAuthority
let proxy: S3Proxy
const clients: S3Client[] = []
const opened: (Disposable | AsyncDisposable)[] = []

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  root = running.kms.as({ ...running.root, requestId: 'test', sourceIp: 'test' })
  const adapter = await newUser('adapter', null)
  await root.attachPolicy({ kind: 'user', name: 'adapter' }, 'arn:aws:iam::aws:policy/HufuAdapter')
  authority = httpAuthority({ endpoint: running.server.url, region: REGION, credentials: adapter, via: 's3' })
  proxy = await startS3Proxy({
    authority,
    store: directoryStore(join(running.dir, 'objects')),
    host: '127.0.0.1',
    port: 0,
    region: REGION,
    defaultKey: 'alias/s3',
  })
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  for (const one of opened) await (Symbol.asyncDispose in one ? one[Symbol.asyncDispose]() : one[Symbol.dispose]())
  await proxy?.close()
  await authority?.close()
  await running?.close()
})

async function newUser(name: string, policy: string | null): Promise<ClientCredentials> {
  await root.createUser({ name })
  if (policy !== null) await root.putInlinePolicy({ kind: 'user', name }, 'own', policy)
  const { accessKeyId, secretAccessKey } = await root.createAccessKey(name)
  return { accessKeyId, secretAccessKey }
}

function s3(credentials: ClientCredentials): S3Client {
  const client = new S3Client({
    endpoint: proxy.url,
    region: REGION,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
  })
  clients.push(client)
  return client
}

const get = async (client: S3Client): Promise<string> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'films', Key: 'order' }))
  return (await Body?.transformToString()) ?? ''
}
const refusal = (client: S3Client): Promise<string> =>
  get(client).then(
    () => 'served',
    (error) => error.name,
  )

const viaS3 = { StringEquals: { 'kms:ViaService': 's3' } }
const uses = ['kms:GenerateDataKey', 'kms:Decrypt']

describe('the S3 proxy as a service of its own', () => {
  it('acts as its caller: for one whose rights hold through it alone, and for nobody without', async () => {
    const writer = await newUser('writer', allow(uses, '*', viaS3))
    const client = s3(writer)
    await client.send(new CreateBucketCommand({ Bucket: 'films' }))
    await client.send(new PutObjectCommand({ Bucket: 'films', Key: 'order', Body: 'the order' }))
    expect(await get(client)).toBe('the order')
    const direct = new EncryptCommand({ KeyId: 'alias/s3', Plaintext: Buffer.from('x') })
    await expect(kmsClient(running, writer).send(direct)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const nobody = s3(await newUser('nobody', null))
    expect(await refusal(nobody)).toMatch(/AccessDenied/)
    expect(await get(client)).toBe('the order')
  })

  it('serves nobody from its cache whom the KMS would refuse', async () => {
    const reader = s3(await newUser('reader', allow(uses, '*', viaS3)))
    expect(await get(reader)).toBe('the order')
    await root.deleteInlinePolicy({ kind: 'user', name: 'reader' }, 'own')
    await expect.poll(() => refusal(reader), SOON).toMatch(/AccessDenied/)
    await root.putInlinePolicy({ kind: 'user', name: 'reader' }, 'own', allow(uses, '*', viaS3))
    await expect.poll(() => refusal(reader), SOON).toBe('served')
    const { keyId } = await root.describeKey('alias/s3')
    const denial = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
        {
          Effect: 'Deny',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/reader` },
          Action: 'kms:Decrypt',
          Resource: '*',
        },
      ],
    }
    const before = await root.getKeyPolicy(keyId)
    await root.putKeyPolicy(keyId, JSON.stringify(denial), false)
    await expect.poll(() => refusal(reader), SOON).toMatch(/AccessDenied/)
    await root.putKeyPolicy(keyId, before, false)
    await expect.poll(() => refusal(reader), SOON).toBe('served')
  })

  it('takes the temporary credentials of a role, with their token', async () => {
    const { arn } = await root.createRole({ name: 'guest', trust: trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }) })
    await root.putInlinePolicy({ kind: 'role', name: 'guest' }, 'p', allow(uses, '*', viaS3))
    const { credentials } = await root.assumeRole({ roleArn: arn, sessionName: 'night' })
    expect(await get(s3(credentials))).toBe('the order')
    const { accessKeyId, secretAccessKey } = credentials
    expect(await refusal(s3({ accessKeyId, secretAccessKey }))).toBe('InvalidAccessKeyId')
  })

  it('has no rights of its own, and none of the root user’s', async () => {
    const own = await root.createAccessKey('adapter')
    const client = kmsClient(running, own)
    await expect(client.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect(await refusal(s3(running.root))).not.toBe('served')
  })
})

describe('a column or a volume as a service', () => {
  it('opens what its context allows, and not from its cache once it may not any more', async () => {
    const condition = { StringEquals: { 'kms:EncryptionContext:table': 'orders' } }
    const service = await newUser('columns', allow(uses, '*', condition))
    const region = hufuRegion({
      name: REGION,
      endpoint: running.server.url,
      region: REGION,
      credentials: service,
    })
    const hufu = new Hufu({ regions: [region] })
    opened.push(hufu, { [Symbol.asyncDispose]: () => region.close() })
    const context = { table: 'orders' }
    const sealed = await hufu.encrypt(Buffer.from('x'), { keys: ['alias/s3'], context })
    const open = () =>
      hufu.decrypt(sealed, { context }).then(
        (bytes) => Buffer.from(bytes).toString(),
        (error) => error.code ?? error.name,
      )
    expect(await open()).toBe('x')
    expect(await open()).toBe('x')
    const elsewhere = hufu.encrypt(Buffer.from('x'), { keys: ['alias/s3'], context: { table: 'others' } })
    await expect(elsewhere).rejects.toMatchObject({ code: 'AccessDenied' })
    await root.deleteInlinePolicy({ kind: 'user', name: 'columns' }, 'own')
    await expect.poll(open, SOON).toBe('AccessDenied')
    const { CiphertextBlob } = await kmsClient(running).send(
      new EncryptCommand({ KeyId: 'alias/s3', Plaintext: Buffer.from('y') }),
    )
    await expect(kmsClient(running, service).send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })
})
