import { createHash, randomBytes } from 'node:crypto'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { Hufu } from '../e2e/support/hufu.ts'

const Bucket = 'killed'

/** The body of an object tells what it must be: 1 to 3,000,000 bytes from a seed. */
const bytesOf = (seed: number): Buffer => {
  const size = 1 + (createHash('sha256').update(`size ${seed}`).digest().readUInt32BE(0) % 3_000_000)
  return Buffer.alloc(size, createHash('sha256').update(`bytes ${seed}`).digest())
}

describe('kill -9 in the middle of writes', () => {
  it('loses nothing that was answered, and lists nothing half-written', async () => {
    let hufu = await Hufu.start()
    const answered = new Set<number>()
    try {
      expect((await hufu.aws('s3', 'mb', `s3://${Bucket}`)).code).toBe(0)
      for (let round = 0; round < 3; round++) {
        const writing = writeUntilGone(hufu, round, answered)
        await expect.poll(() => answered.size, { timeout: 30_000 }).toBeGreaterThanOrEqual((round + 1) * 10)
        await hufu.end('SIGKILL')
        await writing
        hufu = await Hufu.start(hufu.data)
        await expectWhole(hufu, answered)
      }
    } finally {
      await hufu[Symbol.asyncDispose]()
    }
  })
})

const clientOf = ({ credentials: { s3Endpoint, region, accessKeyId, secretAccessKey } }: Hufu): S3Client =>
  new S3Client({
    endpoint: s3Endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
  })

/** Four writers; each ends when the proxy no longer answers. Every other object is written over another one. */
async function writeUntilGone(hufu: Hufu, round: number, answered: Set<number>): Promise<void> {
  const s3 = clientOf(hufu)
  const writer = async (lane: number) => {
    for (let i = 0; ; i++) {
      const seed = round * 1_000_000 + lane * 100_000 + i
      const put = new PutObjectCommand({ Bucket, Key: `object ${seed}`, Body: bytesOf(seed) })
      const junk = new PutObjectCommand({ Bucket, Key: `object ${seed}`, Body: randomBytes(1000) })
      try {
        if (i % 2 === 1) await s3.send(junk)
        await s3.send(put)
      } catch {
        return
      }
      answered.add(seed)
    }
  }
  await Promise.all([0, 1, 2, 3].map(writer))
  s3.destroy()
}

async function expectWhole(hufu: Hufu, answered: ReadonlySet<number>): Promise<void> {
  const s3 = clientOf(hufu)
  for (const seed of answered) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `object ${seed}` }))
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
    expect(bytes.equals(bytesOf(seed))).toBe(true)
  }
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  for (const { Key = '', Size } of Contents) {
    const seed = Number(Key.split(' ')[1])
    expect([bytesOf(seed).length, 1000]).toContain(Size)
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    expect((await Body?.transformToByteArray())?.length).toBe(Size)
  }
  s3.destroy()
}
