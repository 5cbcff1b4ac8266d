import type { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { S3Error } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import type {
  Body,
  ListOptions,
  ObjectStore,
  OpenedObject,
  Properties,
  StoredRange,
  WriteCondition,
  Written,
} from '../object-store.ts'
import { bareEtag, fromBackend, toBackend } from './backend-properties.ts'
import { copyInParts } from './copy-in-parts.ts'
import { expectVisible } from './hidden.ts'
import { backendPage } from './listings.ts'
import { at, conditions, type S3Backend, written } from './s3-backend.ts'

type Objects = Pick<ObjectStore, 'put' | 'head' | 'open' | 'copy' | 'delete' | 'list'>

/** Whole objects. `copyMax`: stored bytes that the backend copies in one request. */
export class S3Objects implements Objects {
  readonly #backend: S3Backend
  readonly #copyMax: number

  constructor(backend: S3Backend, copyMax: number) {
    this.#backend = backend
    this.#copyMax = copyMax
  }

  async put(name: ObjectName, object: Properties & { size: number }, condition: WriteCondition, body: Body) {
    expectVisible(name)
    const input = { ...at(name), ...toBackend(object), ...conditions(condition), ContentLength: object.size }
    const { ETag } = await this.#backend.send('NoSuchBucket', body, object.size, (Body, abortSignal) =>
      this.#backend.client.send(new PutObjectCommand({ ...input, Body }), { abortSignal }),
    )
    return written(ETag)
  }

  async head(name: ObjectName) {
    expectVisible(name)
    const output = await this.#backend.ask('NoSuchKey', (client) => client.send(new HeadObjectCommand(at(name))))
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
    const output = await this.#backend.ask('NoSuchKey', (client) => client.send(new GetObjectCommand(input)))
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
    const inParts = { size, step: this.#copyMax }
    if (size > this.#copyMax)
      return this.#backend.ask('NoSuchKey', (client) => copyInParts(client, source, shared, inParts))
    const copy = new CopyObjectCommand({
      ...shared,
      ...conditions(condition),
      CopySource: copySourceOf(source),
      CopySourceIfMatch: `"${source.etag}"`,
      MetadataDirective: 'REPLACE',
    })
    const { CopyObjectResult } = await this.#backend.ask('NoSuchKey', (client) => client.send(copy))
    return written(CopyObjectResult?.ETag)
  }

  async delete(name: ObjectName) {
    expectVisible(name)
    await this.#backend.ask('NoSuchBucket', (client) => client.send(new DeleteObjectCommand(at(name))))
  }

  list(bucket: string, options: ListOptions) {
    return this.#backend.ask('NoSuchBucket', (client) => backendPage(client, bucket, options))
  }
}

const rangeHeader = (range: StoredRange): string =>
  'suffix' in range ? `bytes=-${range.suffix}` : `bytes=${range.start}-${range.end === undefined ? '' : range.end - 1}`

const copySourceOf = ({ bucket, key }: ObjectName): string =>
  `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
