import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { LRUCache } from 'lru-cache'
import { isS3Error, S3Error } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import type {
  Body,
  ObjectInfo,
  ObjectStore,
  PartInput,
  Properties,
  UploadName,
  WriteCondition,
} from '../object-store.ts'
import { bareEtag, toBackend } from './backend-properties.ts'
import { expectVisible, stagedKey, stagingPrefix } from './hidden.ts'
import { backendParts, backendUploads, newestByNumber } from './listings.ts'
import { at, conditions, type S3Backend, written } from './s3-backend.ts'

type Uploads = Pick<
  ObjectStore,
  'createUpload' | 'putPart' | 'openStaged' | 'listParts' | 'completeUpload' | 'abortUpload' | 'listUploads'
>

const NOTES_MAX = 100_000
/** The note of a final part, which no token is. */
const FINAL = ' final'

/** Multipart uploads. `head` reads an object whose completion was answered without an ETag. */
export class S3Uploads implements Uploads {
  readonly #backend: S3Backend
  readonly #head: (name: ObjectName) => Promise<ObjectInfo>
  /** Notes of parts that this process stored: the backend can't keep them. */
  readonly #notes = new LRUCache<string, string>({ max: NOTES_MAX })

  constructor(backend: S3Backend, head: (name: ObjectName) => Promise<ObjectInfo>) {
    this.#backend = backend
    this.#head = head
  }

  async createUpload(name: ObjectName, properties: Properties) {
    expectVisible(name)
    const create = new CreateMultipartUploadCommand({ ...at(name), ...toBackend(properties) })
    const { UploadId = '' } = await this.#backend.ask('NoSuchBucket', (client) => client.send(create))
    return UploadId
  }

  async putPart(upload: UploadName, part: PartInput, body: Body) {
    const etag = await (part.kind === 'staged' ? this.#stage(upload, part, body) : this.#uploadPart(upload, part, body))
    this.#notes.set(noteId(upload, part.number, etag), part.kind === 'final' ? FINAL : part.note())
    return etag
  }

  async openStaged(upload: UploadName, { number, etag }: { readonly number: number; readonly etag: string }) {
    const staged = new GetObjectCommand({ Bucket: upload.bucket, Key: stagedKey(upload, number, etag) })
    try {
      const { Body: body } = await this.#backend.ask('InvalidPart', (client) => client.send(staged))
      return body as Readable
    } catch (error) {
      throw isS3Error(error, 'NoSuchKey') ? new S3Error('InvalidPart', `part ${number} was not uploaded`) : error
    }
  }

  async listParts(upload: UploadName) {
    const parts = await this.#backend.ask('NoSuchUpload', (client) => backendParts(client, upload))
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
    const { ETag } = await this.#backend.ask('NoSuchUpload', (client) => client.send(complete))
    await this.#backend.removeUnder(upload.bucket, stagingPrefix(upload))
    return bareEtag(ETag) === '' ? this.#head(upload) : written(ETag)
  }

  async abortUpload(upload: UploadName) {
    const abort = new AbortMultipartUploadCommand({ ...at(upload), UploadId: upload.uploadId })
    await this.#backend.ask('NoSuchUpload', (client) => client.send(abort))
    await this.#backend.removeUnder(upload.bucket, stagingPrefix(upload))
  }

  listUploads(bucket: string) {
    return this.#backend.ask('NoSuchBucket', (client) => backendUploads(client, bucket))
  }

  /** A staged part is an object of its own, so that it can be read again. Its upload must be there. */
  async #stage(upload: UploadName, { number, size }: PartInput, body: Body): Promise<string> {
    await this.#backend.ask('NoSuchUpload', (client) => backendParts(client, upload, 1))
    const etag = randomBytes(16).toString('hex')
    const input = { Bucket: upload.bucket, Key: stagedKey(upload, number, etag), ContentLength: size }
    await this.#backend.send('NoSuchBucket', body, size, (Body, abortSignal) =>
      this.#backend.client.send(new PutObjectCommand({ ...input, Body }), { abortSignal }),
    )
    return etag
  }

  async #uploadPart(upload: UploadName, { number, size }: PartInput, body: Body): Promise<string> {
    const input = { ...at(upload), UploadId: upload.uploadId, PartNumber: number, ContentLength: size }
    const { ETag } = await this.#backend.send('NoSuchUpload', body, size, (Body, abortSignal) =>
      this.#backend.client.send(new UploadPartCommand({ ...input, Body }), { abortSignal }),
    )
    return bareEtag(ETag)
  }
}

const noteId = ({ uploadId }: UploadName, number: number, etag: string): string => `${uploadId} ${number} ${etag}`
