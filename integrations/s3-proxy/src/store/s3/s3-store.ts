import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { LRUCache } from 'lru-cache'
import { isS3Error, S3Error, type S3ErrorCode } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import type {
  Body,
  ListOptions,
  ObjectStore,
  OpenedObject,
  PartInput,
  Properties,
  StoredRange,
  UploadName,
  WriteCondition,
  Written,
} from '../object-store.ts'
import { backendError } from './backend-error.ts'
import { bareEtag, fromBackend, toBackend } from './backend-properties.ts'
import { copyInParts } from './copy-in-parts.ts'
import { expectVisible, HIDDEN_PREFIX, recordKey, stagedKey, stagingPrefix } from './hidden.ts'
import { backendPage, backendParts, backendUploads, keysUnder, newestByNumber } from './listings.ts'
import { ReplayRoom, type SendBody, sendBody } from './upload-body.ts'

export interface S3StoreOptions {
  readonly endpoint: string
  readonly region: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  /** `BUCKET.HOST` rather than `HOST/BUCKET`; false when absent. */
  readonly virtualHosts?: boolean
  /** Stored bytes that the backend copies in one request; 5 GiB when absent. */
  readonly copyMax?: number
}

const COPY_MAX = 5 * 1024 ** 3
const NOTES_MAX = 100_000
const none = (): void => {}
/** What fails is told by its error. */
const SILENT = { trace: none, debug: none, info: none, warn: none, error: none }
/** The note of a final part, which no token is. */
const FINAL = ' final'

/** Objects in any S3 endpoint. What the proxy keeps beside them lies in the same bucket, under `.hufu/`. */
class S3Store implements ObjectStore {
  readonly #client: S3Client
  readonly #copyMax: number
  readonly #room = new ReplayRoom()
  /** Notes of parts that this process stored: the backend can't keep them. */
  readonly #notes = new LRUCache<string, string>({ max: NOTES_MAX })

  constructor({ endpoint, region, credentials, virtualHosts, copyMax }: S3StoreOptions) {
    this.#copyMax = copyMax ?? COPY_MAX
    this.#client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: virtualHosts !== true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      logger: SILENT,
    })
  }

  async listBuckets() {
    const { Buckets } = await this.#do('NoSuchBucket', () => this.#client.send(new ListBucketsCommand({})))
    return (Buckets ?? []).map(({ Name = '', CreationDate }) => ({ name: Name, created: CreationDate?.getTime() ?? 0 }))
  }

  async createBucket(bucket: string) {
    const there = await this.headBucket(bucket).then(
      () => true,
      () => false,
    )
    if (there) throw new S3Error('BucketAlreadyOwnedByYou', `there is a bucket ${bucket} already`)
    await this.#do('NoSuchBucket', () => this.#client.send(new CreateBucketCommand({ Bucket: bucket })))
  }

  async headBucket(bucket: string) {
    await this.#do('NoSuchBucket', () => this.#client.send(new HeadBucketCommand({ Bucket: bucket })))
  }

  async deleteBucket(bucket: string) {
    const { objects } = await this.list(bucket, { prefix: '', delimiter: '', after: '', limit: 1 })
    if (objects.length > 0) throw new S3Error('BucketNotEmpty', `the bucket ${bucket} is not empty`)
    await this.#removeUnder(bucket, HIDDEN_PREFIX)
    await this.#do('NoSuchBucket', () => this.#client.send(new DeleteBucketCommand({ Bucket: bucket })))
  }

  async record(bucket: string, name: string) {
    try {
      const { Body: body } = await this.#do('NoSuchKey', () =>
        this.#client.send(new GetObjectCommand({ Bucket: bucket, Key: recordKey(name) })),
      )
      return Buffer.from((await body?.transformToByteArray()) ?? [])
    } catch (error) {
      if (isS3Error(error, 'NoSuchKey')) return null
      throw error
    }
  }

  async keepRecord(bucket: string, name: string, value: Buffer) {
    const put = new PutObjectCommand({ Bucket: bucket, Key: recordKey(name), Body: value, IfNoneMatch: '*' })
    try {
      await this.#do('NoSuchBucket', () => this.#client.send(put))
    } catch (error) {
      if (!isS3Error(error, 'PreconditionFailed')) throw error
    }
    return (await this.record(bucket, name)) ?? value
  }

  async put(name: ObjectName, object: Properties & { size: number }, condition: WriteCondition, body: Body) {
    expectVisible(name)
    const input = { ...at(name), ...toBackend(object), ...conditions(condition), ContentLength: object.size }
    const { ETag } = await this.#send('NoSuchBucket', body, object.size, (Body, abortSignal) =>
      this.#client.send(new PutObjectCommand({ ...input, Body }), { abortSignal }),
    )
    return written(ETag)
  }

  async head(name: ObjectName) {
    expectVisible(name)
    const output = await this.#do('NoSuchKey', () => this.#client.send(new HeadObjectCommand(at(name))))
    return fromBackend(output, output.ContentLength ?? 0)
  }

  async open(
    name: ObjectName,
    { range, ifMatch }: { readonly range?: StoredRange; readonly ifMatch?: string },
  ): Promise<OpenedObject> {
    expectVisible(name)
    const input = {
      ...at(name),
      ...(range === undefined ? {} : { Range: rangeHeader(range) }),
      ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` }),
    }
    const output = await this.#do('NoSuchKey', () => this.#client.send(new GetObjectCommand(input)))
    const body = output.Body as Readable
    if (ifMatch !== undefined && bareEtag(output.ETag) !== ifMatch) {
      body.destroy()
      throw new S3Error('PreconditionFailed', 'the object was replaced while it was read')
    }
    const [, start = '0', total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(output.ContentRange ?? '') ?? []
    const size = total === undefined ? (output.ContentLength ?? 0) : Number(total)
    return { info: fromBackend(output, size), start: Number(start), body, close: () => void body.destroy() }
  }

  async copy(
    source: ObjectName & { etag: string },
    target: ObjectName,
    properties: Properties,
    condition: WriteCondition,
  ): Promise<Written> {
    expectVisible(target)
    const { size, etag } = await this.head(source)
    if (etag !== source.etag) throw new S3Error('PreconditionFailed', 'the source was replaced while it was copied')
    const shared = { ...at(target), ...toBackend(properties) }
    if (size > this.#copyMax)
      return this.#do('NoSuchKey', () => copyInParts(this.#client, source, shared, { size, step: this.#copyMax }))
    const input = {
      ...shared,
      ...conditions(condition),
      CopySource: copySourceOf(source),
      CopySourceIfMatch: `"${source.etag}"`,
      MetadataDirective: 'REPLACE' as const,
    }
    const { CopyObjectResult } = await this.#do('NoSuchKey', () => this.#client.send(new CopyObjectCommand(input)))
    return written(CopyObjectResult?.ETag)
  }

  async delete(name: ObjectName) {
    expectVisible(name)
    await this.#do('NoSuchBucket', () => this.#client.send(new DeleteObjectCommand(at(name))))
  }

  list(bucket: string, options: ListOptions) {
    return this.#do('NoSuchBucket', () => backendPage(this.#client, bucket, options))
  }

  async createUpload(name: ObjectName, properties: Properties) {
    expectVisible(name)
    const create = new CreateMultipartUploadCommand({ ...at(name), ...toBackend(properties) })
    const { UploadId = '' } = await this.#do('NoSuchBucket', () => this.#client.send(create))
    return UploadId
  }

  async putPart(upload: UploadName, part: PartInput, body: Body) {
    const etag = await (part.kind === 'staged' ? this.#stage(upload, part, body) : this.#uploadPart(upload, part, body))
    this.#notes.set(noteId(upload, part.number, etag), part.kind === 'final' ? FINAL : part.note())
    return etag
  }

  async openStaged(upload: UploadName, { number, etag }: { readonly number: number; readonly etag: string }) {
    const staged = new GetObjectCommand({ Bucket: upload.bucket, Key: stagedKey(upload, number, etag) })
    const { Body: body } = await this.#do('InvalidPart', () => this.#client.send(staged)).catch((error: unknown) => {
      throw isS3Error(error, 'NoSuchKey') ? new S3Error('InvalidPart', `part ${number} was not uploaded`) : error
    })
    return body as Readable
  }

  async listParts(upload: UploadName) {
    const parts = await this.#do('NoSuchUpload', () => backendParts(this.#client, upload))
    const noted = parts.map((part) => ({
      ...part,
      note: this.#notes.get(noteId(upload, part.number, part.etag)) ?? null,
    }))
    return newestByNumber(noted.filter(({ note }) => note !== FINAL))
  }

  async completeUpload(
    upload: UploadName,
    parts: readonly { readonly number: number; readonly etag: string }[],
    condition: WriteCondition,
  ) {
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${etag}"` }))
    const complete = new CompleteMultipartUploadCommand({
      ...at(upload),
      ...conditions(condition),
      UploadId: upload.uploadId,
      MultipartUpload: { Parts },
    })
    const { ETag } = await this.#do('NoSuchUpload', () => this.#client.send(complete))
    await this.#removeUnder(upload.bucket, stagingPrefix(upload))
    return bareEtag(ETag) === '' ? this.head(upload) : written(ETag)
  }

  async abortUpload(upload: UploadName) {
    const abort = new AbortMultipartUploadCommand({ ...at(upload), UploadId: upload.uploadId })
    await this.#do('NoSuchUpload', () => this.#client.send(abort))
    await this.#removeUnder(upload.bucket, stagingPrefix(upload))
  }

  listUploads(bucket: string) {
    return this.#do('NoSuchBucket', () => backendUploads(this.#client, bucket))
  }

  async close() {
    this.#client.destroy()
  }

  /** A staged part is an object of its own, so that it can be read again. Its upload must be there. */
  async #stage(upload: UploadName, { number, size }: PartInput, body: Body): Promise<string> {
    await this.#do('NoSuchUpload', () => backendParts(this.#client, upload, 1))
    const etag = randomBytes(16).toString('hex')
    const input = { Bucket: upload.bucket, Key: stagedKey(upload, number, etag), ContentLength: size }
    await this.#send('NoSuchBucket', body, size, (Body, abortSignal) =>
      this.#client.send(new PutObjectCommand({ ...input, Body }), { abortSignal }),
    )
    return etag
  }

  async #uploadPart(upload: UploadName, { number, size }: PartInput, body: Body): Promise<string> {
    const input = { ...at(upload), UploadId: upload.uploadId, PartNumber: number, ContentLength: size }
    const { ETag } = await this.#send('NoSuchUpload', body, size, (Body, abortSignal) =>
      this.#client.send(new UploadPartCommand({ ...input, Body }), { abortSignal }),
    )
    return bareEtag(ETag)
  }

  async #removeUnder(bucket: string, prefix: string): Promise<void> {
    const keys = await this.#do('NoSuchBucket', () => keysUnder(this.#client, bucket, prefix))
    for (const { key } of keys)
      await this.#do('NoSuchKey', () => this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })))
  }

  async #do<T>(missing: S3ErrorCode, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw backendError(error, missing)
    }
  }

  #send<T>(missing: S3ErrorCode, body: Body, size: number, send: SendBody<T>): Promise<T> {
    return sendBody(this.#room, body, size, send, (error) => backendError(error, missing))
  }
}

export const s3Store = (options: S3StoreOptions): ObjectStore => new S3Store(options)

const at = ({ bucket, key }: ObjectName) => ({ Bucket: bucket, Key: key })

const conditions = ({ ifAbsent, ifMatch }: WriteCondition) => ({
  ...(ifAbsent === true ? { IfNoneMatch: '*' } : {}),
  ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` }),
})

const rangeHeader = (range: StoredRange): string =>
  'suffix' in range ? `bytes=-${range.suffix}` : `bytes=${range.start}-${range.end === undefined ? '' : range.end - 1}`

const copySourceOf = ({ bucket, key }: ObjectName): string =>
  `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`

const written = (etag: string | undefined): Written => ({ etag: bareEtag(etag), modified: Date.now() })

const noteId = ({ uploadId }: UploadName, number: number, etag: string): string => `${uploadId} ${number} ${etag}`
