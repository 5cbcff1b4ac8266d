import { S3Error } from '../error.ts'
import { plaintextSize } from '../format/size.ts'
import type { S3Request } from '../http/s3-request.ts'
import { toXml } from '../http/xml.ts'
import type { ListedObject, ListPage } from '../store/object-store.ts'
import type { Answer, Call } from './operation.ts'
import { nameEncoder, numberParameter } from './parameters.ts'

const PAGE_MAX = 1000

/** ListObjects, the first version: pages by the last name of the page before. */
export async function listObjects(call: Call): Promise<Answer> {
  const { request } = call
  const marker = request.query.get('marker') ?? ''
  const { page, encode, common } = await listed(call, marker)
  return xmlAnswer({
    ...common,
    Marker: encode(marker),
    NextMarker: page.next === null ? undefined : encode(page.next),
    Contents: contents(page, encode, true),
    CommonPrefixes: prefixes(page, encode),
  })
}

/** ListObjectsV2: pages by a token. */
export async function listObjectsV2(call: Call): Promise<Answer> {
  const { query } = call.request
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after')
  const { page, encode, common } = await listed(call, token === undefined ? (startAfter ?? '') : readToken(token))
  return xmlAnswer({
    ...common,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: page.next === null ? undefined : writeToken(page.next),
    KeyCount: page.objects.length + page.prefixes.length,
    Contents: contents(page, encode, query.get('fetch-owner') === 'true'),
    CommonPrefixes: prefixes(page, encode),
  })
}

async function listed({ proxy, request, name }: Call, after: string) {
  const encode = nameEncoder(request)
  const limit = Math.min(PAGE_MAX, numberParameter(request, 'max-keys', { min: 0, max: 2 ** 31 - 1 }) ?? PAGE_MAX)
  const options = { prefix: text(request, 'prefix'), delimiter: text(request, 'delimiter'), after, limit }
  const page = await proxy.store.list(name.bucket, options)
  const common = {
    Name: name.bucket,
    Prefix: encode(options.prefix),
    Delimiter: options.delimiter === '' ? undefined : encode(options.delimiter),
    MaxKeys: limit,
    EncodingType: request.query.get('encoding-type'),
    IsTruncated: page.next !== null,
  }
  return { page, encode, common }
}

const text = ({ query }: S3Request, name: string): string => query.get(name) ?? ''

const contents = (page: ListPage, encode: (name: string) => string, withOwner: boolean) =>
  page.objects.map((object) => ({
    Key: encode(object.key),
    LastModified: new Date(object.modified).toISOString(),
    ETag: `"${object.etag}"`,
    Size: listedSize(object),
    Owner: withOwner ? OWNER : undefined,
    StorageClass: 'STANDARD',
  }))

/** By arithmetic alone; an object that is not ours shows what it takes in the backend. */
const listedSize = ({ size }: ListedObject): number => plaintextSize(size) ?? size

const prefixes = (page: ListPage, encode: (name: string) => string) =>
  page.prefixes.map((prefix) => ({ Prefix: encode(prefix) }))

/** Whoever may use the bucket's key owns what is in it. */
export const OWNER = { ID: 'hufu', DisplayName: 'hufu' }

const xmlAnswer = (fields: Parameters<typeof toXml>[1]): Answer => ({
  status: 200,
  body: toXml('ListBucketResult', fields),
})

const writeToken = (next: string): string => Buffer.from(next).toString('base64url')

function readToken(token: string): string {
  const next = Buffer.from(token, 'base64url')
  if (token === '' || next.toString('base64url') !== token)
    throw new S3Error('InvalidArgument', 'expected a continuation token that a listing gave out')
  return next.toString()
}
