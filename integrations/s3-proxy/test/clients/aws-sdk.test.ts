import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/index.ts'
import { CREDENTIALS, type Fixture, REGION, startFixture } from '../proxy-fixture.ts'

const MiB = 1024 * 1024
const Bucket = 'sdk'

describe('the AWS SDK', () => {
  let fixture: Fixture
  let s3: S3Client
  const client = (config: Partial<S3ClientConfig> = {}) =>
    new S3Client({
      endpoint: fixture.proxy.url,
      region: REGION,
      credentials: CREDENTIALS,
      forcePathStyle: true,
      maxAttempts: 1,
      ...config,
    })
  const big = randomBytes(11 * MiB + 3)
  const read = async (Key: string, more: { Range?: string; PartNumber?: number } = {}) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }
  beforeAll(async () => {
    fixture = await startFixture(memoryStore())
    s3 = client()
    await s3.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(async () => {
    s3.destroy()
    await fixture[Symbol.asyncDispose]()
  })

  it.each([0, 1, 5_000, 65_536, 65_537, 5 * MiB + 1])('puts and gets %d bytes', async (size) => {
    const bytes = big.subarray(0, size)
    await s3.send(new PutObjectCommand({ Bucket, Key: 'sized', Body: bytes }))
    expect((await read('sized')).equals(bytes)).toBe(true)
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'sized' }))
    expect(Contents).toMatchObject([{ Key: 'sized', Size: size }])
  })

  it.each<ChecksumAlgorithm>(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'])(
    'keeps a %s and gives it back',
    async (ChecksumAlgorithm) => {
      const stream = Readable.from([big.subarray(0, 100_000), big.subarray(100_000, 300_000)])
      const put = await s3.send(
        new PutObjectCommand({ Bucket, Key: 'sum', Body: stream, ContentLength: 300_000, ChecksumAlgorithm }),
      )
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }))
      const field = `Checksum${ChecksumAlgorithm}` as const
      expect(put[field as keyof typeof put]).toEqual(expect.any(String))
      expect(head[field as keyof typeof head]).toBe(put[field as keyof typeof put])
      expect((await read('sum')).equals(big.subarray(0, 300_000))).toBe(true)
    },
  )

  it('sends signed chunks with a trailer, and unsigned ones', async () => {
    for (const [i, ChecksumAlgorithm] of (['CRC32', 'SHA256'] as const).entries()) {
      const Body = Readable.from([big.subarray(0, 70_000), big.subarray(70_000, 200_000)])
      await s3.send(
        new PutObjectCommand({ Bucket, Key: `stream${i}`, Body, ContentLength: 200_000, ChecksumAlgorithm }),
      )
      expect((await read(`stream${i}`)).equals(big.subarray(0, 200_000))).toBe(true)
    }
  })

  it('uploads in parts, by the upload manager, with its checksum of the parts', async () => {
    const done = await new Upload({ client: s3, params: { Bucket, Key: 'managed', Body: Readable.from([big]) } }).done()
    expect(done.ChecksumCRC32).toMatch(/-3$/)
    expect((await read('managed')).equals(big)).toBe(true)
    expect((await read('managed', { PartNumber: 2 })).equals(big.subarray(5 * MiB, 10 * MiB))).toBe(true)
    expect((await read('managed', { Range: 'bytes=-7' })).equals(big.subarray(-7))).toBe(true)
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'managed', ChecksumMode: 'ENABLED' }))
    expect(head).toMatchObject({ ContentLength: big.length, ChecksumCRC32: done.ChecksumCRC32, ETag: done.ETag })
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
    'uploads in parts with a %s of the whole',
    async (ChecksumAlgorithm) => {
      const params = { Bucket, Key: 'whole', Body: big, ChecksumAlgorithm, ChecksumType: 'FULL_OBJECT' as const }
      const done = await new Upload({ client: s3, params }).done()
      const field = `Checksum${ChecksumAlgorithm}` as const
      const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: big, ChecksumAlgorithm }))
      expect(done[field]).toBe(put[field])
    },
  )

  it('copies parts of other objects', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'from', Body: big }))
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'joined' }))
    const Parts = []
    for (const [i, CopySourceRange] of ['bytes=0-5242879', 'bytes=100-199'].entries()) {
      const part = { Bucket, Key: 'joined', UploadId, PartNumber: i + 1, CopySource: `${Bucket}/from`, CopySourceRange }
      const { CopyPartResult } = await s3.send(new UploadPartCopyCommand(part))
      Parts.push({ PartNumber: i + 1, ETag: CopyPartResult?.ETag })
    }
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'joined', UploadId, MultipartUpload: { Parts } }))
    const expected = Buffer.concat([big.subarray(0, 5 * MiB), big.subarray(100, 200)])
    expect((await read('joined')).equals(expected)).toBe(true)
  })

  it('keeps metadata and content headers in a copy, and replaces them when asked', async () => {
    const headers = {
      ContentType: 'a/b',
      CacheControl: 'no-store',
      ContentEncoding: 'gzip',
      ContentDisposition: 'inline',
      ContentLanguage: 'de',
    }
    await s3.send(new PutObjectCommand({ Bucket, Key: 'meta', Body: 'x', Metadata: { one: '1' }, ...headers }))
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'meta2', CopySource: `${Bucket}/meta` }))
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'meta2' }))).toMatchObject({
      Metadata: { one: '1' },
      ...headers,
    })
    const replace = { MetadataDirective: 'REPLACE' as const, Metadata: { two: '2' }, ContentType: 'c/d' }
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'meta', CopySource: `${Bucket}/meta`, ...replace }))
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'meta' }))
    expect(head).toMatchObject({ Metadata: { two: '2' }, ContentType: 'c/d' })
    expect(head.CacheControl).toBeUndefined()
    expect((await read('meta')).toString()).toBe('x')
    const same = s3.send(new CopyObjectCommand({ Bucket, Key: 'meta', CopySource: `${Bucket}/meta` }))
    await expect(same).rejects.toMatchObject({ name: 'InvalidRequest' })
  })

  it('reads and writes under conditions', async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'if', Body: '1', IfNoneMatch: '*' }))
    const at = { Bucket, Key: 'if' }
    await expect(s3.send(new PutObjectCommand({ ...at, Body: '2', IfNoneMatch: '*' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    await expect(s3.send(new GetObjectCommand({ ...at, IfMatch: '"x"' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    await expect(s3.send(new GetObjectCommand({ ...at, IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    })
    const before = new Date(Date.now() - 60_000)
    await expect(s3.send(new GetObjectCommand({ ...at, IfUnmodifiedSince: before }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    await expect(s3.send(new GetObjectCommand({ ...at, IfModifiedSince: new Date() }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    })
    await s3.send(new PutObjectCommand({ ...at, Body: '3', IfMatch: ETag }))
    expect((await read('if')).toString()).toBe('3')
  })

  it('deletes in batches, names of any kind among them', async () => {
    const keys = ['del/a', 'del/ <&>"\'', 'del/漢字', 'del/\u0001', 'del/ spaces  ']
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'del/', EncodingType: 'url' }))
    expect(Contents?.map(({ Key }) => decodeURIComponent(Key ?? '')).sort()).toEqual([...keys].sort())
    const deletable = keys.filter((key) => !key.includes('\u0001'))
    const { Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: deletable.map((Key) => ({ Key })) } }),
    )
    expect(Deleted?.length).toBe(deletable.length)
    expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'del/' }))).KeyCount).toBe(1)
  })

  it('names its own key', async () => {
    const put = { Bucket, Key: 'own', Body: 'x', ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: 'alias/mine' }
    expect(await s3.send(new PutObjectCommand(put))).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: fixture.authority.keyId,
    })
    expect((await read('own')).toString()).toBe('x')
  })
})
