import { S3Error } from '../error.ts'
import type { S3Request } from '../http/s3-request.ts'
import { bucketLocation, bucketVersioning, createBucket, deleteBucket, headBucket, listBuckets } from './buckets.ts'
import { completeUpload } from './complete-upload.ts'
import { copyObject } from './copy-object.ts'
import { createUpload } from './create-upload.ts'
import { deleteObject, deleteObjects } from './delete-objects.ts'
import { getObject, headObject } from './get-object.ts'
import { getObjectTagging } from './get-object-tagging.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import type { Operation } from './operation.ts'
import { putObject } from './put-object.ts'
import { uploadPart, uploadPartCopy } from './upload-part.ts'
import { abortUpload, listParts, listUploads } from './uploads.ts'

/** One operation of S3 and how its requests are told from others. */
export interface Route {
  /** S3's name of it. */
  readonly name: string
  readonly method: string
  readonly on: 'service' | 'bucket' | 'object'
  /** The sub-resource in the query. */
  readonly query?: string
  readonly header?: string
  readonly run: Operation
}

/** The first row that fits a request is its operation; docs/s3.md lists the same rows. */
export const routes: readonly Route[] = [
  { name: 'ListBuckets', method: 'GET', on: 'service', run: listBuckets },
  { name: 'ListObjectsV2', method: 'GET', on: 'bucket', query: 'list-type', run: listObjectsV2 },
  { name: 'GetBucketLocation', method: 'GET', on: 'bucket', query: 'location', run: bucketLocation },
  { name: 'GetBucketVersioning', method: 'GET', on: 'bucket', query: 'versioning', run: bucketVersioning },
  { name: 'ListMultipartUploads', method: 'GET', on: 'bucket', query: 'uploads', run: listUploads },
  { name: 'ListObjects', method: 'GET', on: 'bucket', run: listObjects },
  { name: 'CreateBucket', method: 'PUT', on: 'bucket', run: createBucket },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', run: headBucket },
  { name: 'DeleteBucket', method: 'DELETE', on: 'bucket', run: deleteBucket },
  { name: 'DeleteObjects', method: 'POST', on: 'bucket', query: 'delete', run: deleteObjects },
  { name: 'ListParts', method: 'GET', on: 'object', query: 'uploadId', run: listParts },
  { name: 'GetObjectTagging', method: 'GET', on: 'object', query: 'tagging', run: getObjectTagging },
  { name: 'GetObject', method: 'GET', on: 'object', run: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', run: headObject },
  {
    name: 'UploadPartCopy',
    method: 'PUT',
    on: 'object',
    query: 'uploadId',
    header: 'x-amz-copy-source',
    run: uploadPartCopy,
  },
  { name: 'UploadPart', method: 'PUT', on: 'object', query: 'uploadId', run: uploadPart },
  { name: 'CopyObject', method: 'PUT', on: 'object', header: 'x-amz-copy-source', run: copyObject },
  { name: 'PutObject', method: 'PUT', on: 'object', run: putObject },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', query: 'uploadId', run: abortUpload },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', run: deleteObject },
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', query: 'uploads', run: createUpload },
  { name: 'CompleteMultipartUpload', method: 'POST', on: 'object', query: 'uploadId', run: completeUpload },
]

/** Sub-resources and headers that change what a request means: unknown to a row, they make it NotImplemented, never something else. */
const MEANINGFUL_QUERIES = new Set(
  `accelerate acl analytics append attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle
  list-type location logging metadataTable metrics notification object-lock ownershipControls policy policyStatus
  publicAccessBlock renameObject replication requestPayment restore retention select session tagging torrent uploadId
  uploads versionId versioning versions website`.split(/\s+/),
)
const MEANINGFUL_HEADERS = /^x-amz-(tagging|object-lock-.*|website-redirect-location|write-offset-bytes|grant-.*)$/

/** Throws `NotImplemented`, or `MethodNotAllowed` for a method that S3 has not. */
export function routeOf(request: S3Request): Route {
  const on = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object'
  const fitting = routes.find((route) => route.on === on && fits(route, request))
  const unknown = [...request.query.keys()].find((name) => MEANINGFUL_QUERIES.has(name) && name !== fitting?.query)
  if (fitting === undefined || unknown !== undefined) {
    if (!['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(request.method))
      throw new S3Error('MethodNotAllowed', `the method ${request.method} is not allowed`)
    throw new S3Error(
      'NotImplemented',
      `${request.method} ${on}${unknown === undefined ? '' : `?${unknown}`} is not supported`,
    )
  }
  refuseHeaders(request)
  return fitting
}

function fits(route: Route, { method, query, headers }: S3Request): boolean {
  return (
    route.method === method &&
    (route.query === undefined || query.has(route.query)) &&
    (route.header === undefined || headers[route.header] !== undefined)
  )
}

function refuseHeaders({ headers }: S3Request): void {
  const acl = headers['x-amz-acl']
  if (acl !== undefined && acl !== 'private' && acl !== 'bucket-owner-full-control')
    throw new S3Error('NotImplemented', 'access control lists other than private are not supported')
  const unknown = Object.keys(headers).find((name) => MEANINGFUL_HEADERS.test(name))
  if (unknown !== undefined) throw new S3Error('NotImplemented', `the header ${unknown} is not supported`)
}
