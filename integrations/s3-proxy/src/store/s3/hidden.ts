import { createHash } from 'node:crypto'
import { S3Error } from '../../error.ts'
import type { ObjectName } from '../../format/envelope.ts'
import type { UploadName } from '../object-store.ts'

/** What the proxy keeps in a bucket beside the client's objects; never listed to clients. */
export const HIDDEN_PREFIX = '.hufu/'

export const recordKey = (name: string): string => `${HIDDEN_PREFIX}record/${name}`

/** Where the staged parts of an upload lie. */
export const stagingPrefix = ({ uploadId }: UploadName): string =>
  `${HIDDEN_PREFIX}staging/${createHash('sha256').update(uploadId).digest('hex')}/`

export const stagedKey = (upload: UploadName, number: number, etag: string): string =>
  `${stagingPrefix(upload)}${String(number).padStart(5, '0')}-${etag}`

/** Number and ETag of a staged part, from its key. */
export function readStagedKey(key: string): { readonly number: number; readonly etag: string } {
  const name = key.slice(key.lastIndexOf('/') + 1)
  return { number: Number(name.slice(0, 5)), etag: name.slice(6) }
}

/** Throws `AccessDenied` for a name that is the proxy's own. */
export function expectVisible({ key }: ObjectName): void {
  if (key.startsWith(HIDDEN_PREFIX))
    throw new S3Error('AccessDenied', `names that start with ${HIDDEN_PREFIX} are kept by the proxy`)
}
