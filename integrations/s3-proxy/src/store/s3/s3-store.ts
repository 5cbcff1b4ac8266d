import type { ObjectStore } from '../object-store.ts'
import { S3Backend, type S3BackendOptions } from './s3-backend.ts'
import { S3Buckets } from './s3-buckets.ts'
import { S3Objects } from './s3-objects.ts'
import { S3Uploads } from './s3-uploads.ts'

export interface S3StoreOptions extends S3BackendOptions {
  /** Stored bytes that the backend copies in one request; 5 GiB when absent. */
  readonly copyMax?: number
}

const COPY_MAX = 5 * 1024 ** 3

/** Objects in any S3 endpoint. What the proxy keeps beside them lies in the same bucket, under `.hufu/`. */
export function s3Store({ copyMax = COPY_MAX, ...options }: S3StoreOptions): ObjectStore {
  const backend = new S3Backend(options)
  const buckets = new S3Buckets(backend)
  const objects = new S3Objects(backend, copyMax)
  const uploads = new S3Uploads(backend, (name) => objects.head(name))
  return {
    listBuckets: () => buckets.listBuckets(),
    createBucket: (bucket) => buckets.createBucket(bucket),
    headBucket: (bucket) => buckets.headBucket(bucket),
    deleteBucket: (bucket) => buckets.deleteBucket(bucket),
    record: (bucket, name) => buckets.record(bucket, name),
    keepRecord: (bucket, name, value) => buckets.keepRecord(bucket, name, value),
    put: (name, object, condition, body) => objects.put(name, object, condition, body),
    head: (name) => objects.head(name),
    open: (name, options) => objects.open(name, options),
    copy: (source, target, properties, condition) => objects.copy(source, target, properties, condition),
    delete: (name) => objects.delete(name),
    list: (bucket, options) => objects.list(bucket, options),
    createUpload: (name, properties) => uploads.createUpload(name, properties),
    putPart: (upload, part, body) => uploads.putPart(upload, part, body),
    openStaged: (upload, part) => uploads.openStaged(upload, part),
    listParts: (upload) => uploads.listParts(upload),
    completeUpload: (upload, parts, condition) => uploads.completeUpload(upload, parts, condition),
    abortUpload: (upload) => uploads.abortUpload(upload),
    listUploads: (bucket) => uploads.listUploads(bucket),
    close: async () => backend.client.destroy(),
  }
}
