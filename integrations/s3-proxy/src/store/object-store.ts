import type { ObjectName } from '../format/envelope.ts'

/** What S3 keeps beside an object's bytes. */
export interface Properties {
  /** `content-type` and the others of `CONTENT_HEADERS`, in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** User metadata, names in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface ListedObject {
  readonly key: string
  /** Stored bytes. */
  readonly size: number
  /** Without quotes; changes with every write. */
  readonly etag: string
  /** Milliseconds since the epoch. */
  readonly modified: number
}

export interface ObjectInfo extends Properties, Omit<ListedObject, 'key'> {}

/** Bytes in order. A chunk is only good until the next one is asked for. Ending the iteration frees what it holds. */
export type Body = AsyncIterable<Uint8Array>

/** Stored bytes [start, end), or the last so many. Beyond the end of the object it stops there. */
export type StoredRange = { readonly start: number; readonly end?: number } | { readonly suffix: number }

export interface OpenedObject {
  readonly info: ObjectInfo
  /** Where the body starts in the stored object. */
  readonly start: number
  readonly body: Body
  /** Frees everything; needed when the body is not iterated. Idempotent. */
  close(): void
}

/** `PreconditionFailed` unless it holds at the moment of the write. */
export interface WriteCondition {
  /** ETag that the object must have. */
  readonly ifMatch?: string
  /** There must be no such object. */
  readonly ifAbsent?: boolean
}

export interface ListOptions {
  readonly prefix: string
  readonly delimiter: string
  /** Only what is greater, in order of UTF-8 bytes. */
  readonly after: string
  readonly limit: number
}

export interface ListPage {
  readonly objects: readonly ListedObject[]
  /** Keys rolled up at the delimiter. */
  readonly prefixes: readonly string[]
  /** What `after` continues with; null at the end. */
  readonly next: string | null
}

export interface UploadName extends ObjectName {
  readonly uploadId: string
}

/** `staged` is kept beside the upload; `final` closes the object and is not listed. */
export type PartKind = 'part' | 'staged' | 'final'

export interface PartInput {
  readonly number: number
  readonly kind: PartKind
  /** Stored bytes. */
  readonly size: number
  /** Called when the body has ended; given back by `listParts` where the store can keep it. */
  readonly note: () => string
}

export interface StoredPart {
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly modified: number
  readonly note: string | null
}

export interface StoredUpload {
  readonly key: string
  readonly uploadId: string
  /** The metadata given at its start, where the store can tell. */
  readonly metadata: Readonly<Record<string, string>> | null
  readonly started: number
}

/**
 * Where ciphertext lies. A promise that resolved is durable; one that rejected, or a process that died, left
 * nothing that is listed or read. Fails with `S3Error`: `NoSuchBucket`, `NoSuchKey`, `NoSuchUpload`,
 * `InvalidPart`, `BucketNotEmpty`, `BucketAlreadyOwnedByYou`, `PreconditionFailed`, `InvalidRange` (it starts
 * at or beyond the end), `StorageFull`, `SlowDown`. An error thrown by a body that is being written passes through.
 */
export interface ObjectStore {
  listBuckets(): Promise<readonly { readonly name: string; readonly created: number }[]>
  createBucket(bucket: string): Promise<void>
  headBucket(bucket: string): Promise<void>
  deleteBucket(bucket: string): Promise<void>

  /** A small value kept with the bucket and deleted with it. */
  record(bucket: string, name: string): Promise<Buffer | null>
  /** Keeps the value unless there is one; resolves to the one that is kept. */
  keepRecord(bucket: string, name: string, value: Buffer): Promise<Buffer>

  put(name: ObjectName, object: Properties & { size: number }, condition: WriteCondition, body: Body): Promise<Written>
  head(name: ObjectName): Promise<ObjectInfo>
  open(name: ObjectName, options: { readonly range?: StoredRange; readonly ifMatch?: string }): Promise<OpenedObject>
  /** The same bytes under another name, with these properties instead of the source's. */
  copy(
    source: ObjectName & { etag: string },
    target: ObjectName,
    properties: Properties,
    condition: WriteCondition,
  ): Promise<Written>
  /** Resolves also when there is no such object. */
  delete(name: ObjectName): Promise<void>
  list(bucket: string, options: ListOptions): Promise<ListPage>

  createUpload(name: ObjectName, properties: Properties): Promise<string>
  /** Replaces a part of the same number and kind. Resolves to its ETag. */
  putPart(upload: UploadName, part: PartInput, body: Body): Promise<string>
  /** The bytes of a staged part. */
  openStaged(upload: UploadName, part: { readonly number: number; readonly etag: string }): Promise<Body>
  /** By number. Staged ones among them, final ones not. */
  listParts(upload: UploadName): Promise<readonly StoredPart[]>
  /** The parts make the object, in this order; staged ones are dropped. */
  completeUpload(
    upload: UploadName,
    parts: readonly { number: number; etag: string }[],
    condition: WriteCondition,
  ): Promise<Written>
  abortUpload(upload: UploadName): Promise<void>
  /** By key, then by id. */
  listUploads(bucket: string): Promise<readonly StoredUpload[]>

  close(): Promise<void>
}

export interface Written {
  readonly etag: string
  readonly modified: number
}

/** The headers that S3 keeps and answers with. */
export const CONTENT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
] as const
