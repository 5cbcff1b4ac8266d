import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { DecryptionError } from '@hufu/crypto'
import type { S3ObjectName } from './object-name.ts'
import { stoppedBy } from './stopped-by.ts'

/** What S3 keeps beside an object's bytes, as the commands that write one take it. */
export type ObjectProperties = Pick<
  GetObjectCommandOutput,
  | 'CacheControl'
  | 'ContentDisposition'
  | 'ContentEncoding'
  | 'ContentLanguage'
  | 'ContentType'
  | 'Metadata'
  | 'StorageClass'
  | 'ServerSideEncryption'
  | 'SSEKMSKeyId'
> & { readonly Tagging?: string }

/** The bytes from the start of an object as it was at one moment, which the ETag names. */
export interface ObjectFront {
  readonly bytes: Uint8Array
  /** Bytes of the whole object. */
  readonly size: number
  readonly etag: string
  readonly properties: ObjectProperties
}

/** The first `length` bytes of an object, or all it has. `etag` is what it must have. Throws `DecryptionError` when it is empty. */
export async function readFront(
  client: S3Client,
  { bucket, key }: S3ObjectName,
  length: number,
  etag?: string,
  signal?: AbortSignal,
): Promise<ObjectFront> {
  const request = { Bucket: bucket, Key: key, Range: `bytes=0-${length - 1}`, IfMatch: etag }
  const answer = await client.send(new GetObjectCommand(request), stoppedBy(signal)).catch(refuseEmpty)
  const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0)
  const { Body, $metadata, ETag, ContentLength, ContentRange, ...rest } = answer
  return { bytes, size: sizeIn(ContentRange) ?? bytes.length, etag: ETag ?? '', properties: writable(rest) }
}

/** The object's tags, as the commands that write one take them; nothing where there are none. */
export async function tagsOf(client: S3Client, { bucket, key }: S3ObjectName): Promise<{ readonly Tagging?: string }> {
  const { TagSet = [] } = await client
    .send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }))
    .catch(noneIfUnknown)
  const pairs = TagSet.map(({ Key = '', Value = '' }): [string, string] => [Key, Value])
  return pairs.length === 0 ? {} : { Tagging: new URLSearchParams(pairs).toString() }
}

/** `bytes 0-99/1234`: of 1,234 bytes. */
const sizeIn = (range: string | undefined): number | undefined => {
  const [, size] = /\/(\d+)$/.exec(range ?? '') ?? []
  return size === undefined ? undefined : Number(size)
}

function writable(answer: ObjectProperties): ObjectProperties {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType } = answer
  const { Metadata, StorageClass, ServerSideEncryption, SSEKMSKeyId } = answer
  const headers = { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType }
  return { ...headers, Metadata, StorageClass, ServerSideEncryption, SSEKMSKeyId }
}

/** An endpoint that does not know tags has none that could be lost. */
function noneIfUnknown(error: unknown): { TagSet?: undefined } {
  if (error instanceof Error && error.name === 'NotImplemented') return {}
  throw error
}

function refuseEmpty(error: unknown): never {
  if (error instanceof Error && error.name === 'InvalidRange')
    throw new DecryptionError({ detail: 'an empty object is no sealed message' })
  throw error
}
