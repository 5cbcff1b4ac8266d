import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { ListedObject, ListOptions, ListPage, StoredPart, StoredUpload, UploadName } from '../object-store.ts'
import { bareEtag } from './backend-properties.ts'
import { HIDDEN_PREFIX, readStagedKey, stagingPrefix } from './hidden.ts'

/** One page of what clients may see; a page of the backend that is all hidden is skipped. */
export async function backendPage(client: S3Client, bucket: string, options: ListOptions): Promise<ListPage> {
  let after = options.after
  for (;;) {
    const page = await rawPage(client, bucket, { ...options, after })
    const objects = page.objects.filter(({ key }) => !key.startsWith(HIDDEN_PREFIX))
    const prefixes = page.prefixes.filter((prefix) => !prefix.startsWith(HIDDEN_PREFIX))
    if (objects.length + prefixes.length > 0 || page.next === null) return { objects, prefixes, next: page.next }
    after = page.next
  }
}

/** All objects under a prefix. */
export async function keysUnder(client: S3Client, bucket: string, prefix: string): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  for (let after: string | null = ''; after !== null; ) {
    const page: ListPage = await rawPage(client, bucket, { prefix, delimiter: '', after, limit: 1000 })
    found.push(...page.objects)
    after = page.next
  }
  return found
}

/** Version 1 of the listing: its marker means the same to every backend. */
async function rawPage(
  client: S3Client,
  bucket: string,
  { prefix, delimiter, after, limit }: ListOptions,
): Promise<ListPage> {
  if (limit === 0) return { objects: [], prefixes: [], next: null }
  const { Contents, CommonPrefixes, IsTruncated, NextMarker } = await client.send(
    new ListObjectsCommand({
      Bucket: bucket,
      Prefix: prefix,
      Marker: after,
      MaxKeys: limit,
      EncodingType: 'url',
      ...(delimiter === '' ? {} : { Delimiter: delimiter }),
    }),
  )
  const objects = (Contents ?? []).map(({ Key = '', Size = 0, ETag, LastModified }) => ({
    key: decoded(Key),
    size: Size,
    etag: bareEtag(ETag),
    modified: LastModified?.getTime() ?? 0,
  }))
  const prefixes = (CommonPrefixes ?? []).map(({ Prefix = '' }) => decoded(Prefix))
  const last = NextMarker === undefined ? lastOf(objects, prefixes) : decoded(NextMarker)
  return { objects, prefixes, next: IsTruncated === true ? last : null }
}

function lastOf(objects: readonly ListedObject[], prefixes: readonly string[]): string {
  const names = [objects.at(-1)?.key ?? '', prefixes.at(-1) ?? '']
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))[1] ?? ''
}

const decoded = (name: string): string => decodeURIComponent(name.replaceAll('+', ' '))

/** Parts of the backend's upload, and staged ones. `max` stops early, to see that the upload is there. */
export async function backendParts(
  client: S3Client,
  upload: UploadName,
  max = Number.POSITIVE_INFINITY,
): Promise<StoredPart[]> {
  const parts: StoredPart[] = []
  for (let marker: string | undefined = '0'; marker !== undefined && parts.length < max; ) {
    const input = { Bucket: upload.bucket, Key: upload.key, UploadId: upload.uploadId, PartNumberMarker: marker }
    const page: ListPartsCommandOutput = await client.send(
      new ListPartsCommand({ ...input, ...(max === 1 ? { MaxParts: 1 } : {}) }),
    )
    for (const { PartNumber = 0, Size = 0, ETag, LastModified } of page.Parts ?? [])
      parts.push({
        number: PartNumber,
        size: Size,
        etag: bareEtag(ETag),
        modified: LastModified?.getTime() ?? 0,
        note: null,
      })
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined
  }
  if (max === 1) return parts
  const staged = await keysUnder(client, upload.bucket, stagingPrefix(upload))
  for (const { key, size, modified } of staged) parts.push({ ...readStagedKey(key), size, modified, note: null })
  return parts
}

/** The newest of each number, by number. */
export function newestByNumber(parts: readonly StoredPart[]): StoredPart[] {
  const newest = new Map<number, StoredPart>()
  for (const part of parts) {
    if (part.modified >= (newest.get(part.number)?.modified ?? 0)) newest.set(part.number, part)
  }
  return [...newest.values()].sort((a, b) => a.number - b.number)
}

export async function backendUploads(client: S3Client, bucket: string): Promise<StoredUpload[]> {
  const uploads: StoredUpload[] = []
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | null = {}
  while (marker !== null) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, ...marker }),
    )
    for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? [])
      uploads.push({ key: Key, uploadId: UploadId, metadata: null, started: Initiated?.getTime() ?? 0 })
    const { NextKeyMarker = '', NextUploadIdMarker = '' } = page
    marker = page.IsTruncated === true ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : null
  }
  return uploads
}
