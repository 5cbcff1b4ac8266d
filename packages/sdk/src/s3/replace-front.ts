import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import type { Watch } from '../data.ts'
import type { ObjectFront } from './object-front.ts'
import { copySourceOf, type S3ObjectName } from './object-name.ts'
import { stoppedBy } from './stopped-by.ts'

export interface FrontReplacement extends Watch {
  /** What is there in the place of the bytes in `old`. */
  readonly front: Uint8Array
  readonly old: ObjectFront
  /** Bytes that the endpoint copies in one request. */
  readonly step: number
}

/**
 * Writes the object anew with another front; what is behind it is copied within the endpoint. It fails when the object
 * is not the one any more that `old` was read from.
 */
export async function replaceFront(client: S3Client, name: S3ObjectName, change: FrontReplacement): Promise<void> {
  const { front, old, signal } = change
  const target = { Bucket: name.bucket, Key: name.key, ...old.properties }
  if (old.bytes.length < old.size) return uploadInParts(client, name, target, change)
  await client.send(new PutObjectCommand({ ...target, Body: front, IfMatch: old.etag }), stoppedBy(signal))
  change.onProgress?.(old.size)
}

async function uploadInParts(
  client: S3Client,
  name: S3ObjectName,
  target: { readonly Bucket: string; readonly Key: string },
  change: FrontReplacement,
): Promise<void> {
  const options = stoppedBy(change.signal)
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target), options)
  const upload = { Bucket: target.Bucket, Key: target.Key, UploadId }
  try {
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: change.front }), options)
    const Parts = [{ PartNumber: 1, ETag }, ...(await copyRest(client, name, upload, change))]
    const complete = { ...upload, MultipartUpload: { Parts }, IfMatch: change.old.etag }
    await client.send(new CompleteMultipartUploadCommand(complete), options)
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
    throw error
  }
}

async function copyRest(
  client: S3Client,
  name: S3ObjectName,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
  { old, step, signal, onProgress }: FrontReplacement,
): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = []
  const source = { CopySource: copySourceOf(name), CopySourceIfMatch: old.etag }
  for (let at = old.bytes.length; at < old.size; at += step) {
    const end = Math.min(at + step, old.size)
    const part = { ...upload, ...source, CopySourceRange: `bytes=${at}-${end - 1}`, PartNumber: parts.length + 2 }
    const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part), stoppedBy(signal))
    parts.push({ PartNumber: part.PartNumber, ETag: CopyPartResult?.ETag })
    onProgress?.(end)
  }
  return parts
}
