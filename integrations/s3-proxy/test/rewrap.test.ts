import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Hufu, inspect } from '@hufu/sdk'
import { objectKeys, proxiedObject, sealedObject } from '@hufu/sdk/s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestRegion, testRegion } from '../../../packages/sdk/test/support/kms.ts'
import { memoryStore, type S3Proxy, startS3Proxy } from '../src/index.ts'
import { CREDENTIALS, type Fixture, REGION, startFixture } from './proxy-fixture.ts'

const MiB = 2 ** 20
const Bucket = `rewrap-${randomBytes(6).toString('hex')}`
/** An S3 server of others, to run on instead of our own: docs/decisions/0705-other-s3-servers.md. */
const { HUFU_TEST_S3_ENDPOINT, AWS_ACCESS_KEY_ID = 'any', AWS_SECRET_ACCESS_KEY = 'any' } = process.env
const clientOf = (endpoint: string, credentials: { accessKeyId: string; secretAccessKey: string }) =>
  new S3Client({ endpoint, region: REGION, credentials, forcePathStyle: true, maxAttempts: 1 })

describe('sealed messages that are objects of an S3 endpoint', () => {
  const context = { film: 'Ran' }
  let endpoint: Fixture | undefined
  let s3: S3Client
  let [north, south]: TestRegion[] = []
  let hufu: Hufu
  const nameOf = ({ name, keyId }: TestRegion = north as TestRegion) => `${name}:${keyId}`
  const object = (key: string, copyStep = 5 * MiB) => sealedObject(s3, { bucket: Bucket, key }, { copyStep })
  const get = async (Key: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return { ...answer, bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) }
  }
  const put = async (Key: string, plaintext: Buffer) => {
    const Body = await hufu.encrypt(plaintext, { keys: [nameOf(north)], context })
    const kept = { ContentType: 'video/x-film', CacheControl: 'no-store', Metadata: { reel: '3' } }
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...kept }))
    return Buffer.from(Body)
  }
  beforeAll(async () => {
    if (HUFU_TEST_S3_ENDPOINT === undefined) endpoint = await startFixture(memoryStore())
    s3 =
      endpoint === undefined
        ? clientOf(HUFU_TEST_S3_ENDPOINT ?? '', {
            accessKeyId: AWS_ACCESS_KEY_ID,
            secretAccessKey: AWS_SECRET_ACCESS_KEY,
          })
        : clientOf(endpoint.proxy.url, CREDENTIALS)
    await s3.send(new CreateBucketCommand({ Bucket }))
    ;[north, south] = [await testRegion('north'), await testRegion('south')]
    hufu = new Hufu({ regions: [north, south] })
  })
  afterAll(async () => {
    hufu[Symbol.dispose]()
    s3.destroy()
    for (const one of [north, south, endpoint]) await one?.[Symbol.asyncDispose]()
  })

  it.each([
    ['of one byte', 1],
    ['just below what is written anew', 8 * MiB - 3_000],
    ['of several copied parts', 19 * MiB + 7],
  ])('%s are given another recipient, and lose one', async (key, size) => {
    const plaintext = randomBytes(size)
    const before = await put(key, plaintext)
    const told: number[] = []
    expect(await hufu.rewrap(object(key), { context, add: [nameOf(south)], onProgress: (at) => told.push(at) })).toBe(
      true,
    )
    expect(await hufu.rewrap(object(key), { context, remove: [nameOf(north)] })).toBe(true)
    const { bytes, ContentType, CacheControl, Metadata } = await get(key)
    expect({ ContentType, CacheControl, Metadata }).toEqual({
      ContentType: 'video/x-film',
      CacheControl: 'no-store',
      Metadata: { reel: '3' },
    })
    expect(told.at(-1)).toBe(before.length)
    const { headerSize, recipients } = await inspect(bytes)
    expect(recipients.map(({ region }) => region)).toEqual(['south'])
    expect(bytes.subarray(headerSize).equals(before.subarray((await inspect(before)).headerSize))).toBe(true)
    using onlySouth = new Hufu({ regions: [south as TestRegion] })
    expect(Buffer.from(await onlySouth.decrypt(bytes, { context })).equals(plaintext)).toBe(true)
  })

  it('are left alone when they have the recipients already', async () => {
    await put('again', randomBytes(100_000))
    const { ETag } = await get('again')
    expect(await hufu.rewrap(object('again'), { context, add: [nameOf(north)] })).toBe(false)
    expect(await hufu.rewrap(object('again'), { context, keys: ['north:alias/films'] })).toBe(false)
    expect(await hufu.rewrap(object('again'), { context, remove: [nameOf(south)] })).toBe(false)
    expect((await get('again')).ETag).toBe(ETag)
  })

  it('with a header larger than the first read are rewrapped too', async () => {
    const wide = { film: 'x'.repeat(6_000) }
    const many = Array.from({ length: 100 }, (_, i) => ({
      name: `r${i}`,
      provider: 'hufu' as const,
      keys: {
        ...(north as TestRegion).keys,
        generateDataKey: async () => ({
          plaintext: Buffer.alloc(32, 7),
          ciphertext: Buffer.alloc(1_000, i),
          keyId: 'k',
        }),
        encrypt: async () => ({ ciphertext: Buffer.alloc(1_000, i), keyId: `k${i}` }),
        decrypt: async () => ({ plaintext: Buffer.alloc(32, 7), keyId: `k${i}` }),
      },
    }))
    using all = new Hufu({ regions: many })
    const Body = await all.encrypt('a', { keys: many.map(({ name }) => `${name}:k`), context: wide })
    expect(Body.length).toBeGreaterThan(65_536)
    await s3.send(new PutObjectCommand({ Bucket, Key: 'wide', Body }))
    expect(await all.rewrap(object('wide'), { context: wide, keys: ['r5:k'] })).toBe(true)
    const { bytes } = await get('wide')
    expect(bytes.length).toBeLessThan(10_000)
    expect(Buffer.from(await all.decrypt(bytes, { context: wide })).toString()).toBe('a')
  })

  it('are refused when they are none, cut, empty, or of another context, and stay what they were', async () => {
    const sealed = await put('whole', randomBytes(10))
    for (const [Key, Body] of [
      ['none', Buffer.from('a text')],
      ['cut', sealed.subarray(0, -11)],
      ['cut in the header', sealed.subarray(0, 60)],
      ['empty', ''],
    ] as const) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
      const refused = hufu.rewrap(object(Key), { context, keys: [nameOf(south)] })
      await expect(refused).rejects.toMatchObject({ name: 'DecryptionError' })
      expect((await get(Key)).bytes.equals(Buffer.from(Body))).toBe(true)
    }
    const other = hufu.rewrap(object('whole'), { context: { film: 'Kagemusha' }, keys: [nameOf(south)] })
    await expect(other).rejects.toMatchObject({ name: 'DecryptionError' })
  })

  it('are not replaced when somebody wrote another meanwhile, and no upload is left', async () => {
    await put('raced', randomBytes(14 * MiB))
    const racing = object('raced')
    const stored = {
      rewrap: (newHeader: Parameters<typeof racing.rewrap>[0], options: Parameters<typeof racing.rewrap>[1]) =>
        racing.rewrap(async (...header) => {
          await s3.send(new PutObjectCommand({ Bucket, Key: 'raced', Body: 'newer' }))
          return newHeader(...header)
        }, options),
    }
    await expect(hufu.rewrap(stored, { context, keys: [nameOf(south)] })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    expect((await get('raced')).bytes.toString()).toBe('newer')
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([])
  })

  it('are called off by a signal between copied parts, without an upload that stays', async () => {
    const before = await put('stopped', randomBytes(24 * MiB))
    const controller = new AbortController()
    const stop = () => controller.abort(new Error('called off'))
    const stopped = hufu.rewrap(object('stopped'), {
      context,
      keys: [nameOf(south)],
      signal: controller.signal,
      onProgress: stop,
    })
    await expect(stopped).rejects.toThrow()
    expect((await get('stopped')).bytes.equals(before)).toBe(true)
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([])
  })

  it('are listed by prefix, over pages', async () => {
    const keys = ['list/a', 'list/b', 'list/c d']
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: '' }))
    const listed: string[] = []
    for await (const key of objectKeys(s3, Bucket, 'list/', 2)) listed.push(key)
    expect(listed).toEqual(keys)
  })
})

describe('objects of the proxy', () => {
  let region: TestRegion
  let proxy: S3Proxy
  let s3: S3Client
  const store = memoryStore()
  beforeAll(async () => {
    region = await testRegion(REGION)
    const root = await region.kms.bootstrap()
    const authority = region.kms.authority('s3')
    proxy = await startS3Proxy({ authority, store, host: '127.0.0.1', port: 0, region: REGION, defaultKey: 'alias/s3' })
    s3 = clientOf(proxy.url, root)
    await s3.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(async () => {
    s3.destroy()
    await proxy.close()
    await store.close()
    await region[Symbol.asyncDispose]()
  })

  it('are put under another key without their bytes being touched, and do not need the old one', async () => {
    const { keyId: old } = await region.operations.createKey({ alias: 'old' })
    const sse = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: 'alias/old' }
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'plaintext', Metadata: { reel: '3' }, ...sse }))
    const stored = async () => {
      const { body } = await store.open({ bucket: Bucket, key: 'a b' }, {})
      const chunks: Buffer[] = []
      for await (const chunk of body) chunks.push(Buffer.from(chunk))
      return Buffer.concat(chunks)
    }
    const before = await stored()
    using hufu = new Hufu({ regions: [region] })
    const object = proxiedObject(s3, { bucket: Bucket, key: 'a b' })
    expect(await hufu.rewrap(object, { context: {}, keys: ['alias/films'] })).toBe(true)
    expect(await hufu.rewrap(object, { context: {}, keys: [region.keyId] })).toBe(false)
    expect(await hufu.rewrap(object, { context: {}, keys: ['alias/films'] })).toBe(false)
    expect((await stored()).equals(before)).toBe(true)
    await region.operations.disableKey(old)
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'a b' }))
    expect(await answer.Body?.transformToString()).toBe('plaintext')
    expect(answer.Metadata).toEqual({ reel: '3' })
    expect(answer.SSEKMSKeyId).toContain(region.keyId)
    for (const change of [{ add: ['alias/old'] }, { keys: ['alias/old', 'alias/films'] }, { remove: [region.keyId] }])
      await expect(hufu.rewrap(object, { context: {}, ...change })).rejects.toMatchObject({ code: 'NotSupported' })
  })
})
