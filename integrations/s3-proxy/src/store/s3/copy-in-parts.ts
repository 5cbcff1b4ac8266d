import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import type { ObjectName } from '../../format/envelope.ts'
import type { Written } from '../object-store.ts'
import { bareEtag } from './backend-properties.ts'

type Target = Pick<CreateMultipartUploadCommandInput, 'Metadata' | 'ContentType'> & { Bucket: string; Key: string }

/** Copies an object that is too large for one request, in the backend: its stored bytes in steps of this size. */
export async function copyInParts(
  client: S3Client,
  source: ObjectName & { readonly etag: string },
  target: Target,
  { size, step }: { readonly size: number; readonly step: number },
): Promise<Written> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target))
  const upload = { Bucket: target.Bucket, Key: target.Key, UploadId }
  try {
    const from = {
      CopySource: `${source.bucket}/${source.key.split('/').map(encodeURIComponent).join('/')}`,
      CopySourceIfMatch: `"${source.etag}"`,
    }
    const Parts: { PartNumber: number; ETag: string | undefined }[] = []
    for (let at = 0; at < size; at += step) {
      const CopySourceRange = `bytes=${at}-${Math.min(at + step, size) - 1}`
      const part = { ...upload, ...from, CopySourceRange, PartNumber: Parts.length + 1 }
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part))
      Parts.push({ PartNumber: part.PartNumber, ETag: CopyPartResult?.ETag })
    }
    const { ETag } = await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    return { etag: bareEtag(ETag), modified: Date.now() }
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
    throw error
  }
}
