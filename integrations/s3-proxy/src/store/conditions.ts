import { S3Error } from '../error.ts'
import type { WriteCondition } from './object-store.ts'

/** Throws `PreconditionFailed` (or `NoSuchKey`) unless the object there, null when there is none, allows the write. */
export function checkWrite(condition: WriteCondition, current: { readonly etag: string } | null): void {
  if (condition.ifAbsent === true && current !== null)
    throw new S3Error('PreconditionFailed', 'expected no object of this name')
  if (condition.ifMatch === undefined) return
  if (current === null) throw new S3Error('NoSuchKey', 'there is no object of this name')
  if (current.etag !== condition.ifMatch)
    throw new S3Error('PreconditionFailed', `expected the ETag ${condition.ifMatch}, found ${current.etag}`)
}
