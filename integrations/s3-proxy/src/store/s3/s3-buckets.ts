import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { isS3Error, S3Error } from '../../error.ts'
import type { ObjectStore } from '../object-store.ts'
import { HIDDEN_PREFIX, recordKey } from './hidden.ts'
import { backendPage } from './listings.ts'
import type { S3Backend } from './s3-backend.ts'

type Buckets = Pick<
  ObjectStore,
  'listBuckets' | 'createBucket' | 'headBucket' | 'deleteBucket' | 'record' | 'keepRecord'
>

/** Buckets, and the small records that are kept in them beside the objects. */
export class S3Buckets implements Buckets {
  readonly #backend: S3Backend

  constructor(backend: S3Backend) {
    this.#backend = backend
  }

  async listBuckets() {
    const { Buckets } = await this.#backend.ask('NoSuchBucket', (client) => client.send(new ListBucketsCommand({})))
    return (Buckets ?? []).map(({ Name = '', CreationDate }) => ({ name: Name, created: CreationDate?.getTime() ?? 0 }))
  }

  async createBucket(bucket: string) {
    const there = await this.headBucket(bucket).then(
      () => true,
      () => false,
    )
    if (there) throw new S3Error('BucketAlreadyOwnedByYou', `there is a bucket ${bucket} already`)
    await this.#backend.ask('NoSuchBucket', (client) => client.send(new CreateBucketCommand({ Bucket: bucket })))
  }

  async headBucket(bucket: string) {
    await this.#backend.ask('NoSuchBucket', (client) => client.send(new HeadBucketCommand({ Bucket: bucket })))
  }

  async deleteBucket(bucket: string) {
    const first = { prefix: '', delimiter: '', after: '', limit: 1 }
    const { objects } = await this.#backend.ask('NoSuchBucket', (client) => backendPage(client, bucket, first))
    if (objects.length > 0) throw new S3Error('BucketNotEmpty', `the bucket ${bucket} is not empty`)
    await this.#backend.removeUnder(bucket, HIDDEN_PREFIX)
    await this.#backend.ask('NoSuchBucket', (client) => client.send(new DeleteBucketCommand({ Bucket: bucket })))
  }

  async record(bucket: string, name: string) {
    const get = new GetObjectCommand({ Bucket: bucket, Key: recordKey(name) })
    try {
      const { Body: body } = await this.#backend.ask('NoSuchKey', (client) => client.send(get))
      return Buffer.from((await body?.transformToByteArray()) ?? [])
    } catch (error) {
      if (isS3Error(error, 'NoSuchKey')) return null
      throw error
    }
  }

  async keepRecord(bucket: string, name: string, value: Buffer) {
    const put = new PutObjectCommand({ Bucket: bucket, Key: recordKey(name), Body: value, IfNoneMatch: '*' })
    try {
      await this.#backend.ask('NoSuchBucket', (client) => client.send(put))
    } catch (error) {
      if (!isS3Error(error, 'PreconditionFailed')) throw error
    }
    return (await this.record(bucket, name)) ?? value
  }
}
